package jujuserver

import (
	"net"
	"sync"
)

// gate is a listener that can cut its connections and refuse new ones, also those that became websockets.
type gate struct {
	net.Listener
	mu      sync.Mutex
	open    map[net.Conn]struct{}
	refuses bool
}

func newGate(l net.Listener) *gate { return &gate{Listener: l, open: map[net.Conn]struct{}{}} }

type gatedConn struct {
	net.Conn
	g *gate
}

func (c gatedConn) Close() error {
	c.g.mu.Lock()
	delete(c.g.open, c.Conn)
	c.g.mu.Unlock()
	return c.Conn.Close()
}

func (g *gate) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		g.mu.Lock()
		refuses := g.refuses
		if !refuses {
			g.open[conn] = struct{}{}
		}
		g.mu.Unlock()
		if !refuses {
			return gatedConn{conn, g}, nil
		}
		reset(conn)
	}
}

// cut resets every open connection and returns how many there were.
func (g *gate) cut() int {
	g.mu.Lock()
	conns := g.open
	g.open = map[net.Conn]struct{}{}
	g.mu.Unlock()
	for conn := range conns {
		reset(conn)
	}
	return len(conns)
}

func (g *gate) refuse(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refuses = on
}

// reset closes without a goodbye: the peer sees a connection reset.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
