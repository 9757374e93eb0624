package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Claim says that a call is under way, so that nobody else makes the same one.
// It is a courtesy, not a lock: it spares money, and is gone when the server
// restarts or its owner has been silent for [ClaimTTL]. It is safe for concurrent
// use.
type Claim struct {
	conn    *Conn
	subject string
	owner   string

	mu  sync.Mutex
	seq uint64 // of its message, which a renewal writes anew
}

const (
	// ClaimTTL is how long the claim of a worker that died keeps others waiting.
	// Renew it at least three times within that.
	ClaimTTL = 15 * time.Second
	// claimsBytes is some 200,000 claims: those of 15 s at 10,000 calls a second.
	claimsBytes = 64 << 20
)

// ErrClaimed: the call is under way elsewhere.
var ErrClaimed = errors.New("the call is under way elsewhere")

// Claim claims the call of that key, or returns [ErrClaimed]. Key is the digest
// under which the answer will stand in the [Ledger]; owner tells an operator
// who it is.
func (c *Conn) Claim(ctx context.Context, key, owner string) (*Claim, error) {
	claim := &Claim{conn: c, subject: c.topo.Prefix + ".claims." + key, owner: owner}
	return claim, claim.put(ctx)
}

// Renew keeps the claim. An error says that it may be lost, or somebody else's.
func (cl *Claim) Renew(ctx context.Context) error { return cl.put(ctx) }

// put succeeds where the claim is nobody's, or this one.
func (cl *Claim) put(ctx context.Context) error {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	err := cl.write(ctx, cl.seq)
	if cl.seq != 0 && wrongLastSequence(err) {
		// Run out, or gone with its server's memory: nobody's, perhaps.
		err = cl.write(ctx, 0)
	}
	switch {
	case wrongLastSequence(err):
		return ErrClaimed
	case err != nil:
		return fmt.Errorf("claim a call: %w", err)
	}
	return nil
}

// write puts the claim down behind a message of that sequence.
func (cl *Claim) write(ctx context.Context, last uint64) error {
	msg := &nats.Msg{Subject: cl.subject, Data: []byte(cl.owner)}
	ack, err := cl.conn.publishMsg(ctx, msg, jetstream.WithExpectLastSequencePerSubject(last))
	if err != nil {
		return err
	}
	cl.seq = ack.Sequence
	return nil
}

// claimOwner is whose claim a key is, or [ErrNotFound].
func (c *Conn) claimOwner(ctx context.Context, key string) (string, error) {
	msg, err := c.lastOn(ctx, c.topo.claimsStream(), c.topo.Prefix+".claims."+key)
	if err != nil {
		return "", err
	}
	return string(msg.Data), nil
}

// Release gives a claim up at once: the call came to nothing. Where there is an
// answer the claim may run out by itself.
func (cl *Claim) Release(ctx context.Context) error {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	stream, err := cl.conn.js.Stream(ctx, cl.conn.topo.claimsStream())
	if err == nil {
		err = stream.DeleteMsg(ctx, cl.seq)
	}
	if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Errorf("release a claim: %w", err)
	}
	return nil
}

func (t Topology) claimsStream() string { return t.upper() + "_CLAIMS" }

// claimsConfig keeps claims in memory: a lost one costs at most a call that is
// paid twice, and a synced write would cost each call a millisecond.
func (t Topology) claimsConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:              t.claimsStream(),
		Description:       "mujaz: LLM calls under way",
		Subjects:          []string{t.Prefix + ".claims.*"},
		Retention:         jetstream.LimitsPolicy,
		Discard:           jetstream.DiscardOld,
		MaxBytes:          claimsBytes,
		MaxAge:            ClaimTTL,
		MaxMsgs:           -1,
		MaxMsgSize:        -1,
		MaxConsumers:      -1,
		MaxMsgsPerSubject: 1,
		Duplicates:        minDedupe,
		Replicas:          t.Replicas,
		Storage:           jetstream.MemoryStorage,
		AllowDirect:       true,
	}
}
