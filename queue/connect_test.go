package queue_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

func writeFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func nkey(t testing.TB, prefix nkeys.PrefixByte) (pair nkeys.KeyPair, public, seed string) {
	t.Helper()
	pair, err := nkeys.CreatePair(prefix)
	if err != nil {
		t.Fatal(err)
	}
	public, err = pair.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	return pair, public, string(raw)
}

// operator makes a server configuration by JWT and the creds file of its user.
func operator(t testing.TB) (config, creds string) {
	t.Helper()
	operatorKey, operatorID, _ := nkey(t, nkeys.PrefixByteOperator)
	accountKey, accountID, _ := nkey(t, nkeys.PrefixByteAccount)
	_, userID, seed := nkey(t, nkeys.PrefixByteUser)
	encoded := func(token string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	operatorJWT := encoded(jwt.NewOperatorClaims(operatorID).Encode(operatorKey))
	accountJWT := encoded(jwt.NewAccountClaims(accountID).Encode(operatorKey))
	userJWT := encoded(jwt.NewUserClaims(userID).Encode(accountKey))
	file, err := jwt.FormatUserConfig(userJWT, []byte(seed))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("operator: %s\nresolver: MEMORY\nresolver_preload: { %s: %s }\n", operatorJWT, accountID, accountJWT), string(file)
}

func TestConnectCredentials(t *testing.T) {
	t.Parallel()
	const password = "s3cr3t-pencil"
	_, public, seed := nkey(t, nkeys.PrefixByteUser)
	_, _, strangerSeed := nkey(t, nkeys.PrefixByteUser)
	jwtConfig, creds := operator(t)
	_, strangerCreds := operator(t)
	byPassword := fmt.Sprintf("authorization { user: desk, password: %q }", password)
	byNKey := fmt.Sprintf("authorization { users: [ { nkey: %s } ] }", public)
	for name, tc := range map[string]struct {
		server      string
		right       func(url string) queue.ConnConfig
		wrong       func(url string) queue.ConnConfig
		wrongSecret string
	}{
		"in the address": {
			byPassword,
			func(url string) queue.ConnConfig {
				return queue.ConnConfig{URL: strings.Replace(url, "nats://", "nats://desk:"+password+"@", 1)}
			},
			func(url string) queue.ConnConfig {
				return queue.ConnConfig{URL: strings.Replace(url, "nats://", "nats://desk:wrong-s3cr3t@", 1)}
			}, "wrong-s3cr3t",
		},
		"user and password": {
			byPassword,
			func(string) queue.ConnConfig { return queue.ConnConfig{User: "desk", Password: password} },
			func(string) queue.ConnConfig { return queue.ConnConfig{User: "desk", Password: "wrong-s3cr3t"} }, "wrong-s3cr3t",
		},
		"nkey": {
			byNKey,
			func(string) queue.ConnConfig { return queue.ConnConfig{NKeyFile: writeFile(t, "user.nk", seed)} },
			func(string) queue.ConnConfig {
				return queue.ConnConfig{NKeyFile: writeFile(t, "other.nk", strangerSeed)}
			}, strangerSeed,
		},
		"creds file": {
			jwtConfig,
			func(string) queue.ConnConfig { return queue.ConnConfig{CredsFile: writeFile(t, "user.creds", creds)} },
			func(string) queue.ConnConfig {
				return queue.ConnConfig{CredsFile: writeFile(t, "other.creds", strangerCreds)}
			}, "SU",
		},
		"context file": {
			byPassword,
			func(url string) queue.ConnConfig {
				return queue.ConnConfig{Context: writeFile(t, "desk.json", fmt.Sprintf(`{"url":%q,"user":"desk","password":%q}`, url, password))}
			},
			func(url string) queue.ConnConfig {
				return queue.ConnConfig{Context: writeFile(t, "desk.json", fmt.Sprintf(`{"url":%q,"user":"desk","password":"wrong-s3cr3t"}`, url))}
			}, "wrong-s3cr3t",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := queuetest.StartWith(t, queuetest.Options{Config: tc.server, CoreOnly: true})
			var states stateLog
			cfg := tc.right(server.URL)
			cfg.OnState = states.add
			conn := server.Dial(t, cfg)
			if !conn.Connected() || strings.Contains(conn.Server(), "@") {
				t.Errorf("connected %t to %q", conn.Connected(), conn.Server())
			}
			wrong := tc.wrong(server.URL)
			if wrong.URL == "" {
				wrong.URL = server.URL
			}
			wrong.OnState = states.add
			other, err := queue.Connect(t.Context(), wrong)
			if err == nil {
				other.Close()
				t.Fatal("the wrong credentials were taken")
			}
			if !errors.Is(err, nats.ErrAuthorization) || !strings.Contains(hint(err), "no such user") {
				t.Errorf("got %v, hint %q", err, hint(err))
			}
			server.Restart(t) // so that the connection has something to tell
			queuetest.Eventually(t, "the client is back", conn.Connected)
			conn.Close()
			queuetest.Eventually(t, "all states came", func() bool { return strings.Contains(states.text(), "Closed:true") })
			for _, secret := range []string{password, seed, tc.wrongSecret} {
				if strings.Contains(err.Error()+hint(err)+states.text(), secret) {
					t.Errorf("a credential shows in %q or %q", err, states.text())
				}
			}
		})
	}
}

// stateLog collects what OnState is told.
type stateLog struct {
	mu    sync.Mutex
	lines strings.Builder
}

func (l *stateLog) add(s queue.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(&l.lines, "%+v\n", s)
}

func (l *stateLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}

func TestConnectContextByName(t *testing.T) {
	server := queuetest.StartWith(t, queuetest.Options{CoreOnly: true})
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("HOME", home)
	folder := filepath.Join(home, "nats", "context")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "desk.json"), fmt.Appendf(nil, `{"url":%q}`, server.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	if conn := server.Dial(t, queue.ConnConfig{Context: "desk"}); conn.Server() != server.URL {
		t.Errorf("connected to %s, want %s", conn.Server(), server.URL)
	}
	if _, err := queue.Connect(t.Context(), queue.ConnConfig{Context: "attic"}); err == nil || !strings.Contains(err.Error(), `"attic"`) {
		t.Errorf("an unknown context: %v", err)
	}
}

// authority signs the certificates of a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key, writeFile(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))}
}

func (a authority) issue(t testing.TB, name string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))),
		writeFile(t, name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

func TestConnectTLS(t *testing.T) {
	t.Parallel()
	ca, stranger := newAuthority(t), newAuthority(t)
	certFile, keyFile := ca.issue(t, "server")
	clientCert, clientKey := ca.issue(t, "client")
	otherCert, otherKey := stranger.issue(t, "other")
	for name, tc := range map[string]struct {
		verify bool
		cfg    queue.ConnConfig
		ok     bool
	}{
		"authority named":         {false, queue.ConnConfig{CAFile: ca.file}, true},
		"authority unknown":       {false, queue.ConnConfig{}, false},
		"another authority":       {false, queue.ConnConfig{CAFile: stranger.file}, false},
		"mutual":                  {true, queue.ConnConfig{CAFile: ca.file, CertFile: clientCert, KeyFile: clientKey}, true},
		"mutual, none given":      {true, queue.ConnConfig{CAFile: ca.file}, false},
		"mutual, a stranger's":    {true, queue.ConnConfig{CAFile: ca.file, CertFile: otherCert, KeyFile: otherKey}, false},
		"mutual, key of another":  {true, queue.ConnConfig{CAFile: ca.file, CertFile: clientCert, KeyFile: otherKey}, false},
		"key file is not a key":   {true, queue.ConnConfig{CAFile: ca.file, CertFile: clientCert, KeyFile: ca.file}, false},
		"authority is not a cert": {false, queue.ConnConfig{CAFile: clientKey}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := queuetest.StartWith(t, queuetest.Options{CoreOnly: true, Config: fmt.Sprintf(
				"tls { cert_file: %q, key_file: %q, ca_file: %q, verify: %t }", certFile, keyFile, ca.file, tc.verify,
			)})
			tc.cfg.URL = server.URL
			conn, err := queue.Connect(t.Context(), tc.cfg)
			if tc.ok != (err == nil) {
				t.Fatalf("got %v, want ok %t", err, tc.ok)
			}
			if err != nil {
				if !strings.Contains(hint(err), "TLS") {
					t.Errorf("%v has the hint %q", err, hint(err))
				}
				return
			}
			conn.Close()
		})
	}
}

func TestConnectErrors(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	for name, tc := range map[string]struct {
		cfg   queue.ConnConfig
		about []string
		hint  string
	}{
		"nothing there":     {queue.ConnConfig{URL: "nats://desk:s3cr3t@" + free}, []string{free}, "Nothing answers"},
		"no such host":      {queue.ConnConfig{URL: "nats://desk:s3cr3t@nats.invalid"}, []string{"nats.invalid"}, ""},
		"not an address":    {queue.ConnConfig{URL: "nats://desk:s3cr3t@%zz:4222"}, []string{"not valid"}, "NATS_URL"},
		"two ways":          {queue.ConnConfig{User: "a", NKeyFile: missing}, []string{"only one", "nkey file"}, ""},
		"files missing":     {queue.ConnConfig{CredsFile: missing, CAFile: missing, CertFile: missing}, []string{"creds file", "CA file", "certificate file", "both"}, ""},
		"nkey is no seed":   {queue.ConnConfig{NKeyFile: writeFile(t, "x.nk", "s3cr3t")}, []string{"not a valid seed"}, ""},
		"creds are none":    {queue.ConnConfig{URL: free, CredsFile: writeFile(t, "x.creds", "s3cr3t")}, []string{"connect to NATS"}, ""},
		"topology is wrong": {queue.ConnConfig{Topology: queue.Topology{Replicas: 2}}, []string{"replicas 2"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := queue.Connect(t.Context(), tc.cfg)
			if err == nil {
				conn.Close()
				t.Fatal("connected")
			}
			for _, about := range tc.about {
				if !strings.Contains(err.Error(), about) {
					t.Errorf("%q does not say %q", err, about)
				}
			}
			if !strings.Contains(hint(err), tc.hint) || strings.Contains(err.Error()+hint(err), "s3cr3t") {
				t.Errorf("error %q, hint %q; want one about %q", err, hint(err), tc.hint)
			}
		})
	}
	// A server that accepts and says nothing.
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := queue.Connect(ctx, queue.ConnConfig{URL: silent.Addr().String()}); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
	if err := silent.Close(); err != nil {
		t.Error(err)
	}
}

// TestPermissionViolation: what the server says asynchronously is told.
func TestPermissionViolation(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{CoreOnly: true, Config: `authorization { users: [
		{ user: desk, password: pencil, permissions: { publish: { deny: "secret.>" } } } ] }`})
	told := make(chan queue.ConnState, 10)
	conn := server.Dial(t, queue.ConnConfig{User: "desk", Password: "pencil", OnState: func(s queue.ConnState) { told <- s }})
	if s := <-told; !s.Connected || s.Err != nil {
		t.Errorf("first: %+v", s)
	}
	if err := conn.Reply("secret.plan", nil); err != nil {
		t.Fatal(err)
	}
	if s := <-told; !errors.Is(s.Err, nats.ErrPermissionViolation) || !s.Connected {
		t.Errorf("then: %+v", s)
	}
}

func TestRedactURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                      "",
		"nats://h:4222":                         "nats://h:4222",
		"nats://user:pass@h:4222":               "nats://h:4222",
		"nats://token@h":                        "nats://h",
		"tls://u:p@a:1, nats://u:p@b:2":         "tls://a:1,nats://b:2",
		"user:pass@h:4222":                      "[hidden]@h:4222",
		"token@h":                               "[hidden]@h",
		"h:4222":                                "h:4222",
		"localhost":                             "localhost",
		"nats://u:p%zz@h:4222":                  "[hidden]@h:4222",
		"nats://u:p@ss@h:4222":                  "nats://h:4222",
		"nats://u:p/w@h:4222":                   "[hidden]@h:4222",
		"wss://u:p@h/path?x=1":                  "wss://h/path?x=1",
		"nats://u:a,b@h:4222":                   "[hidden]@h:4222",
		"nats://a:4222,nats://u:x,y@h:4222,c:1": "nats://a:4222,[hidden]@h:4222,c:1",
	} {
		if got := queue.RedactURL(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
