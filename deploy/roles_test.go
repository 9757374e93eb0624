package deploy_test

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
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
	"github.com/mujaz/mujaz/worker"
)

// roles of permissions.conf.
var roles = []string{"newsdesk", "worker", "reader", "operator"}

// house is a running server with users, and what each needs to get in.
type house struct {
	url   string
	users map[string]queue.ConnConfig
}

// passwordHouse runs single-users.conf.
func passwordHouse(t *testing.T) house {
	t.Helper()
	h := house{users: map[string]queue.ConnConfig{}}
	for _, role := range roles {
		password := "k4711-" + role + "-s3cr3t"
		t.Setenv("MUJAZ_"+strings.ToUpper(role)+"_PASSWORD", password)
		h.users[role] = queue.ConnConfig{User: role, Password: password, InboxPrefix: "_INBOX_" + role}
	}
	return h.start(t, "single-users.conf")
}

// secureHouse runs single-secure.conf.
func secureHouse(t *testing.T) house {
	t.Helper()
	h := house{users: map[string]queue.ConnConfig{}}
	ca := newAuthority(t)
	cert, key := ca.issue(t, "server")
	t.Setenv("NATS_TLS_CERT", cert)
	t.Setenv("NATS_TLS_KEY", key)
	t.Setenv("NATS_TLS_CA", ca.file)
	for _, role := range roles {
		pair, err := nkeys.CreateUser()
		if err != nil {
			t.Fatal(err)
		}
		public, err := pair.PublicKey()
		if err != nil {
			t.Fatal(err)
		}
		seed, err := pair.Seed()
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("MUJAZ_"+strings.ToUpper(role)+"_NKEY", public)
		cert, key := ca.issue(t, role)
		h.users[role] = queue.ConnConfig{
			NKeyFile: write(t, role+".nk", seed), InboxPrefix: "_INBOX_" + role, CAFile: ca.file, CertFile: cert, KeyFile: key,
		}
	}
	return h.start(t, "single-secure.conf")
}

func (h house) start(t *testing.T, file string) house {
	t.Helper()
	srv := start(t, load(t, file), t.TempDir())
	if !srv.ReadyForConnections(readyTimeout) {
		t.Fatal("server is not ready")
	}
	h.url = srv.ClientURL()
	return h
}

// as connects as one of the roles.
func (h house) as(t *testing.T, role string) *queue.Conn {
	t.Helper()
	cfg := h.users[role]
	cfg.URL, cfg.Topology = h.url, queue.Topology{AckWait: 3 * time.Second}
	cfg.OnState = func(s queue.ConnState) {
		if s.Err != nil {
			t.Logf("%s: %v", role, s.Err)
		}
	}
	conn, err := queue.Connect(t.Context(), cfg)
	if err != nil {
		t.Fatalf("%s: %v", role, err)
	}
	t.Cleanup(conn.Close)
	return conn
}

const told = "The reading room in Marj al-Qamar opened on Sunday. It holds 4,200 books. Readers come from three villages."

// TestRolesSuffice: with the rights of its role each does its work, by
// password and by nkey over mutual TLS.
func TestRolesSuffice(t *testing.T) {
	for name, open := range map[string]func(*testing.T) house{"single-users.conf": passwordHouse, "single-secure.conf": secureHouse} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			operator := h.as(t, "operator")
			if err := operator.Ensure(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, scope := range held() {
				if err := operator.Set(t.Context(), queue.Switch{Action: queue.ActionPause, Scope: scope, By: "layan"}); err != nil {
					t.Fatal(err)
				}
			}
			stop := work(t, h.as(t, "worker"))

			newsdesk := h.as(t, "newsdesk")
			producer := queue.NewProducer(newsdesk)
			for _, reply := range []string{"", "_INBOX_newsdesk.a", "_INBOX_reader.stray"} {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				s, err := producer.Submit(ctx, queue.Job{ID: "reply to " + reply, Article: queue.Article{Text: told}, ReplyTo: reply}, queue.Route{Source: "newsdesk"})
				if err != nil {
					t.Fatal(err)
				}
				out, err := newsdesk.WaitOutcome(ctx, s, time.Time{})
				cancel()
				if err != nil || out.Result == nil {
					t.Fatalf("reply to %q: %+v, %v", reply, out, err)
				}
			}
			count := 0
			if err := h.as(t, "reader").Results(t.Context(), queue.ResultFilter{}, func(queue.StoredResult) error {
				count++
				return nil
			}); err != nil || count != 3 {
				t.Errorf("the reader found %d results, %v", count, err)
			}
			administer(t, operator, producer)
			pause(t, operator, producer)
			stop()
		})
	}
}

// administer does what an operator's commands do.
func administer(t *testing.T, operator *queue.Conn, producer *queue.Producer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := producer.Submit(ctx, queue.Job{ID: "too late", Article: queue.Article{Text: told}, Options: queue.Options{Deadline: time.Now().Add(-time.Hour)}}, queue.Route{Source: "newsdesk"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := operator.WaitOutcome(ctx, s, time.Time{})
	if err != nil || out.Dead == nil {
		t.Fatalf("%+v, %v", out, err)
	}
	if _, err := operator.Redrive(ctx, *out.Dead); err != nil {
		t.Error(err)
	}
	if members, err := operator.Members(ctx); err != nil || len(members) != 1 {
		t.Errorf("the operator sees %d workers, %v", len(members), err)
	}
	if _, err := operator.Backlog(ctx, queue.LaneLive); err != nil {
		t.Error(err)
	}
	out, err = operator.WaitOutcome(ctx, s, time.Now().Add(-time.Second))
	if err != nil || out.Dead == nil {
		t.Fatalf("redriven: %+v, %v", out, err)
	}
	if err := operator.PurgeDead(ctx, *out.Dead); err != nil {
		t.Error(err)
	}
}

// held is paused before the worker starts, which so knows of it.
func held() []queue.Scope { return []queue.Scope{{JobID: "held"}, {Lane: queue.LaneBackfill}} }

// pause has the worker put a job aside, and the operator put it back.
func pause(t *testing.T, operator *queue.Conn, producer *queue.Producer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := producer.Submit(ctx, queue.Job{ID: "held", Article: queue.Article{Text: told}}, queue.Route{Source: "newsdesk"})
	if err != nil {
		t.Fatal(err)
	}
	queuetest.Eventually(t, "the job is parked", func() bool {
		totals, err := operator.Totals(ctx)
		return err == nil && totals.Parked == 1
	})
	for _, scope := range held() {
		if cleared, err := operator.Clear(ctx, scope); err != nil || len(cleared) != 1 {
			t.Errorf("cleared %v, %v", cleared, err)
		}
	}
	if n, err := operator.Unpark(ctx, queue.Scope{JobID: "held"}); n != 1 || err != nil {
		t.Errorf("put back %d, %v", n, err)
	}
	if out, err := operator.WaitOutcome(ctx, s, time.Time{}); err != nil || out.Result == nil {
		t.Errorf("%+v, %v", out, err)
	}
}

// work runs a worker as `mujaz worker --no-provision` does.
func work(t *testing.T, conn *queue.Conn) (stop func()) {
	t.Helper()
	if err := conn.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	endpoint := llmtest.Start(t, llmtest.Script{})
	client, err := llm.New(llm.Config{BaseURL: endpoint.URL(), Model: llmtest.ModelName, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	library, err := prompts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	w, err := worker.New(worker.Config{
		Queue: conn, LLM: client, Prompts: library, Model: llmtest.ModelName, Slots: 2, Name: "w", Version: "test",
		Grace: time.Second, Metrics: prometheus.NewRegistry(), ReplyPrefixes: []string{"_INBOX_newsdesk.", "_INBOX_reader."},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		done <- nil
	}
	t.Cleanup(stop)
	return stop
}

// TestRolesEnd: where the rights of each role end. The server answers a denial
// to the connection, before the pong of a flush.
func TestRolesEnd(t *testing.T) {
	h := passwordHouse(t)
	for role, subjects := range map[string]struct{ denied, allowed []string }{
		"newsdesk": {
			denied: []string{
				"mujaz.jobs.live.sports.k", "mujaz.jobs.live.newsdesk.k.more", "mujaz.results.live.newsdesk.k", "mujaz.dead.refused.k", "mujaz.parked.live.newsdesk.k",
				"$JS.API.DIRECT.GET.MUJAZ_RESULTS.mujaz.results.live.sports.k", "$JS.API.DIRECT.GET.MUJAZ_RESULTS.mujaz.results.live.*.*",
				"$JS.API.DIRECT.GET.MUJAZ_RESULTS", "$JS.API.DIRECT.GET.MUJAZ_JOBS", "$JS.API.DIRECT.GET.MUJAZ_DEAD.mujaz.dead.*.*",
				"$JS.API.CONSUMER.CREATE.MUJAZ_RESULTS.c", "$JS.API.CONSUMER.MSG.NEXT.MUJAZ_JOBS.mujaz-live", "$JS.API.CONSUMER.MSG.NEXT.MUJAZ_RESULTS.reader",
				"$JS.API.STREAM.DELETE.MUJAZ_JOBS", "$JS.API.STREAM.PURGE.MUJAZ_JOBS", "$JS.API.STREAM.CREATE.OTHER", "$JS.API.STREAM.MSG.GET.MUJAZ_RESULTS",
				"$JS.ACK.MUJAZ_JOBS.mujaz-live.1.1.1.1.0", "$KV.MUJAZ_FLEET.switch.lane.live", "$KV.MUJAZ_LEDGER.call.k", "$O.MUJAZ_BODIES.M.k", "_INBOX_reader.x",
			},
			allowed: []string{"mujaz.jobs.live.newsdesk.k", "mujaz.jobs.backfill.newsdesk.k", "$JS.API.DIRECT.GET.MUJAZ_RESULTS.mujaz.results.live.newsdesk.k"},
		},
		"worker": {
			denied: []string{
				"mujaz.jobs.live.newsdesk.k", "_INBOX_reader.x", "_INBOX.x", "other.subject", "$JS.API.STREAM.DELETE.MUJAZ_JOBS", "$JS.API.STREAM.PURGE.MUJAZ_JOBS",
				"$JS.API.STREAM.UPDATE.MUJAZ_JOBS", "$JS.API.STREAM.CREATE.MUJAZ_JOBS", "$JS.API.STREAM.MSG.DELETE.MUJAZ_RESULTS", "$JS.API.CONSUMER.DELETE.MUJAZ_JOBS.mujaz-live",
				"$JS.API.CONSUMER.PAUSE.MUJAZ_JOBS.mujaz-live", "$JS.API.CONSUMER.CREATE.MUJAZ_JOBS.x", "$KV.MUJAZ_FLEET.switch.lane.live", "$KV.OTHER.k",
				"$JS.API.STREAM.MSG.DELETE.MUJAZ_DEAD", "$JS.API.DIRECT.GET.MUJAZ_DEAD", "$JS.API.STREAM.MSG.DELETE.OTHER",
			},
			allowed: []string{"mujaz.results.live.newsdesk.k", "mujaz.dead.refused.k", "mujaz.claims.k", "_INBOX_newsdesk.x", "$KV.MUJAZ_FLEET.worker.a.b", "$JS.API.DIRECT.GET.MUJAZ_DEAD.mujaz.dead.*.*"},
		},
		"reader": {
			denied: []string{
				"mujaz.jobs.live.newsdesk.k", "mujaz.results.live.newsdesk.k", "$JS.API.STREAM.DELETE.MUJAZ_RESULTS", "$JS.API.STREAM.PURGE.MUJAZ_RESULTS",
				"$JS.API.STREAM.MSG.DELETE.MUJAZ_RESULTS", "$JS.API.CONSUMER.CREATE.MUJAZ_JOBS.x", "$JS.API.DIRECT.GET.MUJAZ_DEAD", "$JS.API.DIRECT.GET.KV_MUJAZ_LEDGER.k",
			},
			allowed: []string{"$JS.API.DIRECT.GET.MUJAZ_RESULTS", "$JS.API.CONSUMER.MSG.NEXT.MUJAZ_RESULTS.archive"},
		},
		"operator": {
			denied:  []string{"other.subject", "$KV.OTHER.k"},
			allowed: []string{"$JS.API.STREAM.INFO.MUJAZ_JOBS", "$KV.MUJAZ_FLEET.switch.lane.live", "mujaz.jobs.live.newsdesk.k"},
		},
	} {
		t.Run(role, func(t *testing.T) {
			user := h.users[role]
			nc, err := nats.Connect(h.url, nats.UserInfo(user.User, user.Password), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			violates := func(do func() error) bool {
				before := nc.LastError()
				if err := errors.Join(do(), nc.Flush()); err != nil {
					t.Fatal(err)
				}
				return nc.LastError() != before && errors.Is(nc.LastError(), nats.ErrPermissionViolation) //nolint:errorlint // another error value than before
			}
			for _, subject := range subjects.denied {
				if !violates(func() error { return nc.Publish(subject, nil) }) {
					t.Errorf("may publish to %s", subject)
				}
			}
			for _, subject := range subjects.allowed {
				if violates(func() error { return nc.Publish(subject, nil) }) {
					t.Errorf("may not publish to %s", subject)
				}
			}
			for _, subject := range []string{">", "_INBOX.>", "mujaz.>", "mujaz.jobs.>", "mujaz.results.>", "$KV.>", "$JS.EVENT.>"} {
				if !violates(func() error { _, err := nc.SubscribeSync(subject); return err }) {
					t.Errorf("may subscribe to %s", subject)
				}
			}
			for _, other := range roles {
				if denied := violates(func() error { _, err := nc.SubscribeSync("_INBOX_" + other + ".>"); return err }); denied != (other != role) {
					t.Errorf("subscribing to the inbox of %s: denied %t", other, denied)
				}
			}
		})
	}
}

// TestRolesDenied: a denial is told as one, at once, and with advice.
func TestRolesDenied(t *testing.T) {
	h := passwordHouse(t)
	if _, is := errors.AsType[*queue.DeniedError](h.as(t, "worker").Ensure(t.Context())); !is {
		t.Error("a worker may create streams")
	}
	if err := h.as(t, "operator").Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	newsdesk, reader := h.as(t, "newsdesk"), h.as(t, "reader")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	job := queue.Job{ID: "x", Article: queue.Article{Text: told}}
	large := queue.Job{ID: "large", Article: queue.Article{Text: strings.Repeat(told, 1+queue.InlineLimit/len(told))}}
	for name, do := range map[string]func() error{
		"a job of another source": func() error {
			_, err := queue.NewProducer(newsdesk).Submit(ctx, job, queue.Route{Source: "sports"})
			return err
		},
		"a body": func() error {
			_, err := queue.NewProducer(newsdesk).Submit(ctx, large, queue.Route{Source: "newsdesk"})
			return err
		},
		"a job by the reader": func() error { _, err := queue.NewProducer(reader).Submit(ctx, job, queue.Route{}); return err },
		"results of others": func() error {
			_, err := newsdesk.WaitOutcome(ctx, queue.Submitted{Result: "mujaz.results.live.sports." + queue.Key("x")}, time.Time{})
			return err
		},
		"all results": func() error {
			return newsdesk.Results(ctx, queue.ResultFilter{}, func(queue.StoredResult) error { return nil })
		},
		"dead letters": func() error {
			return reader.DeadLetters(ctx, queue.DeadFilter{}, func(queue.DeadLetter) error { return nil })
		},
		"the backlog":       func() error { _, err := newsdesk.Backlog(ctx, queue.LaneLive); return err },
		"the fleet":         func() error { _, err := reader.Members(ctx); return err },
		"streams, a look":   func() error { return newsdesk.Check(ctx) },
		"totals":            func() error { _, err := newsdesk.Totals(ctx); return err },
		"fetching":          func() error { return fetchFault(t, reader) },
		"the ledger, write": func() error { return reader.Ledger().PutAnswer(ctx, "k", nil) },
	} {
		err := do()
		denied, is := errors.AsType[*queue.DeniedError](err)
		if !is || !strings.Contains(denied.Hint(), "permissions.conf") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if ctx.Err() != nil {
		t.Error("denials took longer than a minute: they are timeouts")
	}
}

// TestRolesTakeTurns: a worker may take jobs out of the queue's order.
func TestRolesTakeTurns(t *testing.T) {
	h := passwordHouse(t)
	operator := h.as(t, "operator")
	if err := operator.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	producer := queue.NewProducer(operator)
	for i := range 22 {
		source := "sports"
		if i >= 20 {
			source = "newsdesk"
		}
		if _, err := producer.Submit(t.Context(), queue.Job{ID: fmt.Sprint(i), Article: queue.Article{Text: told}}, queue.Route{Source: source}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done, early := 0, 0
	consumer := queue.NewConsumer(h.as(t, "worker"), queue.ConsumerConfig{Slots: 1, OnUnfair: func(err error) { t.Error(err) }})
	if err := consumer.Run(ctx, t.Context(), func(ctx context.Context, d *queue.Delivery) {
		if d.OutOfTurn {
			early++
		}
		if err := d.Ack(ctx); err != nil {
			t.Error(err)
		}
		if done++; done == 22 {
			cancel()
		}
	}); err != nil || done != 22 || early == 0 {
		t.Errorf("%d jobs done, %d of them out of turn, %v", done, early, err)
	}
}

// fetchFault is what a consumer reports that cannot fetch.
func fetchFault(t *testing.T, conn *queue.Conn) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	fault := make(chan error, 1)
	consumer := queue.NewConsumer(conn, queue.ConsumerConfig{Slots: 1, OnFault: func(err error) {
		select {
		case fault <- err:
			cancel()
		default:
		}
	}})
	if err := consumer.Run(ctx, ctx, func(context.Context, *queue.Delivery) {}); err != nil {
		t.Error(err)
	}
	return <-fault
}

// TestBodiesRight: the lines that permissions.conf has in comments are enough
// for large articles.
func TestBodiesRight(t *testing.T) {
	conf, err := os.ReadFile(filepath.Join("nats", "permissions.conf"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("nats")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "permissions.conf"), []byte(strings.ReplaceAll(string(conf), "#+ ", "")), 0o600); err != nil {
		t.Fatal(err)
	}
	h := passwordHouse(t)
	opts, err := server.ProcessConfigFile(filepath.Join(dir, "single-users.conf"))
	if err != nil {
		t.Fatal(err)
	}
	srv := start(t, opts, t.TempDir())
	if !srv.ReadyForConnections(readyTimeout) {
		t.Fatal("server is not ready")
	}
	h.url = srv.ClientURL()
	if err := h.as(t, "operator").Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	large := queue.Job{ID: "large", Article: queue.Article{Text: strings.Repeat(told, 1+queue.InlineLimit/len(told))}}
	for range 2 {
		if s, err := queue.NewProducer(h.as(t, "newsdesk")).Submit(t.Context(), large, queue.Route{Source: "newsdesk"}); err != nil || !s.ClaimCheck {
			t.Errorf("%+v, %v", s, err)
		}
	}
}

// TestUsersNeedSecrets: a server without its users' passwords does not start,
// rather than start open.
func TestUsersNeedSecrets(t *testing.T) {
	for _, kind := range []string{"PASSWORD", "NKEY"} {
		for _, role := range roles {
			t.Setenv("MUJAZ_"+strings.ToUpper(role)+"_"+kind, "s3cr3t-"+role)
		}
		if err := os.Unsetenv("MUJAZ_READER_" + kind); err != nil {
			t.Fatal(err)
		}
		file := map[string]string{"PASSWORD": "users.conf", "NKEY": "users-nkey.conf"}[kind]
		_, err := server.ProcessConfigFile(filepath.Join("nats", file))
		if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), "MUJAZ_READER_"+kind) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// authority signs the certificates of a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t *testing.T) authority {
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
	return authority{cert, key, write(t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
}

func (a authority) issue(t *testing.T, name string) (certFile, keyFile string) {
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
	return write(t, name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		write(t, name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
