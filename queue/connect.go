package queue

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/natscontext"
)

// ConnConfig says how to reach NATS. At most one way of authenticating is
// given; Context brings its own.
type ConnConfig struct {
	// URL of one or more servers, comma separated. Default
	// "nats://127.0.0.1:4222". User and password in it are used and never shown.
	URL string
	// Context is the name of a `nats` CLI context, or the path of its file.
	Context string

	CredsFile string // JWT and nkey seed in one file
	NKeyFile  string // nkey seed
	User      string
	Password  string

	CAFile   string // PEM, in place of the system's authorities
	CertFile string // PEM, client certificate for mutual TLS
	KeyFile  string

	// InboxPrefix begins the subjects of answers, "_INBOX" by default. Where
	// users of one account must not see each other's answers, each has its own.
	InboxPrefix string

	// Name tells this connection apart in the server's monitoring.
	Name string
	// Topology on the server.
	Topology Topology
	// InProcess connects within the process to an embedded server.
	InProcess nats.InProcessConnProvider
	// OnState is told of every change of the connection, and of errors that
	// the server reports asynchronously, permission violations among them.
	// It must not block. May be nil.
	OnState func(ConnState)
}

// ConnState is a change of the connection.
type ConnState struct {
	Connected bool
	// Closed for good: the client has given up, only a new process helps.
	Closed bool
	Err    error // why, without credentials; may be nil
}

// DefaultURL is the server that is tried when none is named.
const DefaultURL = nats.DefaultURL

// connectTimeout bounds one attempt to reach a server; requestTimeout one
// request to JetStream's API. A leader election takes up to 9 s (measured).
const (
	connectTimeout = 5 * time.Second
	requestTimeout = 10 * time.Second
)

// Conn is a connection to NATS with mujaz' topology on it. It is safe for
// concurrent use and reconnects for ever.
type Conn struct {
	nc   *nats.Conn
	js   jetstream.JetStream
	topo Topology

	denials *denials
}

// Connect reaches a server or says why not and what to do. After that the
// connection mends itself until [Conn.Close].
func Connect(ctx context.Context, cfg ConnConfig) (*Conn, error) {
	topo := cfg.Topology.WithDefaults()
	if err := topo.Validate(); err != nil {
		return nil, fmt.Errorf("queue topology: %w", err)
	}
	denials := &denials{}
	opts, err := cfg.options(denials)
	if err != nil {
		return nil, err
	}
	nc, err := dial(ctx, cfg, opts)
	if err != nil {
		return nil, &ConnectError{Server: RedactURL(cmp.Or(cfg.URL, DefaultURL)), Context: cfg.Context, Err: scrubConn(err)}
	}
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(requestTimeout), jetstream.WithPublishAsyncMaxPending(asyncPending))
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("open jetstream: %w", err)
	}
	return &Conn{nc: nc, js: js, topo: topo, denials: denials}, nil
}

// asyncPending bounds the publishes that wait for the server's ack.
const asyncPending = 4096

// dial honours the context, which nats.Connect does not take.
func dial(ctx context.Context, cfg ConnConfig, opts []nats.Option) (*nats.Conn, error) {
	type outcome struct {
		nc  *nats.Conn
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		if cfg.Context != "" {
			nc, _, err := natscontext.Connect(cfg.Context, opts...)
			done <- outcome{nc, err}
			return
		}
		nc, err := nats.Connect(cmp.Or(cfg.URL, DefaultURL), opts...)
		done <- outcome{nc, err}
	}()
	select {
	case out := <-done:
		return out.nc, out.err
	case <-ctx.Done():
		go func() {
			if out := <-done; out.nc != nil {
				out.nc.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

func (c ConnConfig) options(denials *denials) ([]nats.Option, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	opts := []nats.Option{
		nats.Name(cmp.Or(c.Name, "mujaz")),
		nats.Timeout(connectTimeout),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(500 * time.Millisecond),
		nats.ReconnectJitter(500*time.Millisecond, time.Second),
		// No buffer while disconnected: a publish that "failed" would be
		// stored on reconnect, and its retry be a second one.
		nats.ReconnectBufSize(-1),
		nats.PingInterval(20 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.ErrorHandler(func(nc *nats.Conn, _ *nats.Subscription, err error) {
			denials.note(err)
			if c.OnState != nil {
				c.OnState(ConnState{Connected: nc.IsConnected(), Err: scrubConn(err)})
			}
		}),
	}
	if c.InboxPrefix != "" {
		opts = append(opts, nats.CustomInboxPrefix(c.InboxPrefix))
	}
	if c.OnState != nil {
		opts = append(
			opts,
			nats.ConnectHandler(func(*nats.Conn) { c.OnState(ConnState{Connected: true}) }),
			nats.ReconnectHandler(func(*nats.Conn) { c.OnState(ConnState{Connected: true}) }),
			nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { c.OnState(ConnState{Err: scrubConn(err)}) }),
			nats.ClosedHandler(func(nc *nats.Conn) { c.OnState(ConnState{Closed: true, Err: scrubConn(nc.LastError())}) }),
		)
	}
	if c.InProcess != nil {
		opts = append(opts, nats.InProcessServer(c.InProcess))
	}
	switch {
	case c.CredsFile != "":
		opts = append(opts, nats.UserCredentials(c.CredsFile))
	case c.NKeyFile != "":
		opt, err := nats.NkeyOptionFromSeed(c.NKeyFile)
		if err != nil {
			return nil, fmt.Errorf("read the nkey seed in %s: not a valid seed file", c.NKeyFile)
		}
		opts = append(opts, opt)
	case c.User != "":
		opts = append(opts, nats.UserInfo(c.User, c.Password))
	}
	if c.CAFile != "" {
		opts = append(opts, nats.RootCAs(c.CAFile))
	}
	if c.CertFile != "" {
		opts = append(opts, nats.ClientCert(c.CertFile, c.KeyFile))
	}
	if c.CAFile != "" || c.CertFile != "" {
		opts = append(opts, nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12}))
	}
	return opts, nil
}

// validate joins all problems, files that cannot be read among them, so that
// they are told apart from a server that refuses.
func (c ConnConfig) validate() error {
	var errs []error
	ways := 0
	for _, given := range []bool{c.CredsFile != "", c.NKeyFile != "", c.User != "", c.Context != ""} {
		if given {
			ways++
		}
	}
	if ways > 1 {
		errs = append(errs, errors.New("give only one of: NATS context, creds file, nkey file, user"))
	}
	if (c.CertFile == "") != (c.KeyFile == "") {
		errs = append(errs, errors.New("a client certificate needs both its certificate file and its key file"))
	}
	for what, file := range map[string]string{
		"creds file": c.CredsFile, "nkey file": c.NKeyFile, "CA file": c.CAFile,
		"certificate file": c.CertFile, "key file": c.KeyFile,
	} {
		if file == "" {
			continue
		}
		if f, err := os.Open(file); err != nil {
			errs = append(errs, fmt.Errorf("read the %s: %w", what, err))
		} else {
			f.Close() //nolint:errcheck // it was opened for reading
		}
	}
	return errors.Join(errs...)
}

// publishMsg publishes and waits for the stream's confirmation. A right that
// is missing is a *[DeniedError].
func (c *Conn) publishMsg(ctx context.Context, msg *nats.Msg, opts ...jetstream.PublishOpt) (ack *jetstream.PubAck, err error) {
	err = c.guard(ctx, func(ctx context.Context) error {
		ack, err = c.js.PublishMsg(ctx, msg, opts...)
		return err
	}, msg.Subject)
	return ack, err
}

// Close waits for what is being sent and closes the connection.
func (c *Conn) Close() {
	// A flush that fails means that the server is gone: nothing to wait for.
	_ = c.nc.FlushTimeout(time.Second)
	c.nc.Close()
}

// Connected reports whether the server can be reached at this moment.
func (c *Conn) Connected() bool { return c.nc.IsConnected() }

// Server is the address of the connected server, without credentials.
func (c *Conn) Server() string { return RedactURL(c.nc.ConnectedUrl()) }

// Topology in use, defaults filled in.
func (c *Conn) Topology() Topology { return c.topo }

// MaxPayload is the server's limit for a message with its headers, in bytes.
func (c *Conn) MaxPayload() int64 { return c.nc.MaxPayload() }

// RedactURL removes user, password and token from server addresses. Where it
// is not sure what is a password, it removes more.
func RedactURL(servers string) string {
	parts := strings.Split(servers, ",")
	var out []string
	for i := len(parts) - 1; i >= 0; i-- {
		part := strings.TrimSpace(parts[i])
		out = append(out, redactOne(part))
		if strings.Contains(part, "@") && !strings.Contains(part, "://") {
			// The end of a password with a comma in it, perhaps: its
			// beginning is in the parts before, up to the scheme.
			for i > 0 {
				i--
				if strings.Contains(parts[i], "://") {
					break
				}
			}
		}
	}
	slices.Reverse(out)
	return strings.Join(out, ",")
}

func redactOne(address string) string {
	at := strings.LastIndex(address, "@")
	if at < 0 {
		return address
	}
	if u, err := url.Parse(address); err == nil && u.User != nil {
		u.User = nil
		if plain := u.String(); !strings.Contains(plain, "@") {
			return plain
		}
	}
	return "[hidden]" + address[at:]
}

// ConnectError is a server that could not be reached or refused us.
type ConnectError struct {
	Server  string // without credentials
	Context string // of the nats CLI, when one was named
	Err     error
}

// Error names the server and the cause.
func (e *ConnectError) Error() string {
	if e.Context != "" {
		return fmt.Sprintf("connect to NATS by context %q: %v", e.Context, e.Err)
	}
	return fmt.Sprintf("connect to NATS at %s: %v", e.Server, e.Err)
}

// Unwrap gives the cause.
func (e *ConnectError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *ConnectError) Hint() string {
	var dns *net.DNSError
	switch {
	case errors.Is(e.Err, nats.ErrAuthorization), errors.Is(e.Err, nats.ErrAuthExpired), errors.Is(e.Err, nats.ErrAuthRevoked):
		return "The server knows no such user. Check the creds file, nkey, user or password."
	case errors.As(e.Err, &dns):
		return "The host name does not resolve. Check NATS_URL."
	case errors.Is(e.Err, nats.ErrNoServers):
		return "Nothing answers there. Start NATS (`docker compose up -d nats`, or `mujaz up` for one machine), or set NATS_URL."
	}
	for _, word := range []string{"tls", "x509", "certificate"} {
		if strings.Contains(e.Err.Error(), word) {
			return "TLS failed. Name the server's authority with --nats-ca, and the client certificate if one is demanded."
		}
	}
	return "Check NATS_URL and the credentials."
}

// scrubConn keeps nats.go's sentinels and removes addresses with credentials.
func scrubConn(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return errors.New("the address is not valid")
	}
	return err
}
