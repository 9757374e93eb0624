package queue

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
)

// DeniedError says that this NATS user lacks a right. The server does not
// answer what it does not allow: without this error a denial is a timeout.
type DeniedError struct {
	// Op is "publish" or "subscribe", Subject what was denied.
	Op, Subject string
}

// Error names the right that is missing.
func (e *DeniedError) Error() string {
	return fmt.Sprintf("this NATS user may not %s to %s", e.Op, e.Subject)
}

// Hint says how to get it.
func (e *DeniedError) Hint() string {
	return "Use a NATS user of the role that may (--nats-user, --nats-nkey), or grant it: deploy/nats/permissions.conf lists what each role needs."
}

// denials tells who waits for an answer that the server has denied it. The
// server reports denials to the connection, not to the request.
type denials struct {
	mu       sync.Mutex
	watchers map[*denialWatch]struct{}
}

type denialWatch struct {
	about  []string
	cancel context.CancelCauseFunc
}

// watch returns a context that ends with a *[DeniedError] when something is
// denied whose subject has one of about in it, as whole tokens.
func (d *denials) watch(ctx context.Context, about ...string) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &denialWatch{about, cancel}
	d.mu.Lock()
	if d.watchers == nil {
		d.watchers = map[*denialWatch]struct{}{}
	}
	d.watchers[w] = struct{}{}
	d.mu.Unlock()
	return ctx, func() {
		d.mu.Lock()
		delete(d.watchers, w)
		d.mu.Unlock()
		cancel(nil)
	}
}

// note is told of every error that the server reports.
func (d *denials) note(err error) {
	denied := deniedBy(err)
	if denied == nil || housekeeping(denied.Subject) {
		return
	}
	subject := "." + denied.Subject + "."
	d.mu.Lock()
	defer d.mu.Unlock()
	for w := range d.watchers {
		for _, about := range w.about {
			if strings.Contains(subject, "."+about+".") {
				w.cancel(denied)
				break
			}
		}
	}
}

var violation = regexp.MustCompile(`(?i)permissions violation for (publish|subscription) to "([^"]+)"`)

func deniedBy(err error) *DeniedError {
	if !errors.Is(err, nats.ErrPermissionViolation) {
		return nil
	}
	match := violation.FindStringSubmatch(err.Error())
	if match == nil {
		return nil
	}
	op := "publish"
	if strings.EqualFold(match[1], "subscription") {
		op = "subscribe"
	}
	return &DeniedError{Op: op, Subject: match[2]}
}

// housekeeping is what nats.go does behind itself and nobody waits for: the
// server removes an ordered consumer that is not used by itself.
func housekeeping(subject string) bool {
	return strings.HasPrefix(subject, "$JS.API.CONSUMER.DELETE.") || strings.HasPrefix(subject, "$JS.FC.")
}

// guard runs do, and ends it with a *[DeniedError] when the server denies what
// is about one of these tokens: a stream, a subject.
func (c *Conn) guard(ctx context.Context, do func(context.Context) error, about ...string) error {
	guarded, stop := c.denials.watch(ctx, about...)
	defer stop()
	err := do(guarded)
	if err == nil {
		return nil
	}
	if denied, is := errors.AsType[*DeniedError](context.Cause(guarded)); is {
		return denied
	}
	return err
}
