package demo

import (
	"context"

	"github.com/mujaz/mujaz/internal/natsembed"
	"github.com/mujaz/mujaz/queue"
)

// Server is an embedded NATS server with mujaz' streams on it, and a
// connection to it.
type Server struct {
	Conn *queue.Conn
	URL  string // for other clients; empty without a listener

	embedded *natsembed.Server
}

// StartServer runs the server, connects within the process, and creates the
// streams. The connection's way is this function's to choose, all else is cfg's.
func StartServer(ctx context.Context, server natsembed.Config, conn queue.ConnConfig) (*Server, error) {
	embedded, err := natsembed.Start(ctx, server)
	if err != nil {
		return nil, err
	}
	conn.InProcess = embedded
	s := &Server{URL: embedded.ClientURL(), embedded: embedded}
	if s.Conn, err = queue.Connect(ctx, conn); err != nil {
		embedded.Shutdown()
		return nil, err
	}
	if err := s.Conn.Ensure(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close closes the connection and stops the server.
func (s *Server) Close() {
	s.Conn.Close()
	s.embedded.Shutdown()
}
