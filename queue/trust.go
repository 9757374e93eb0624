package queue

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/nats-io/nkeys"
)

// Trust says whose jobs are worked on: the public keys of producers, and the
// sources that each may sign for. It is safe for concurrent use.
type Trust struct {
	sources map[string][]string // by public key; none means all
}

// Why a job is not trusted. They end as [CauseUntrusted].
var (
	ErrUnsigned       = errors.New("the job is not signed")
	ErrUnknownSigner  = errors.New("the job is signed with a key that is not trusted")
	ErrForeignSource  = errors.New("the job is signed with a key that is not trusted for this source")
	ErrWrongSignature = errors.New("the job's signature does not fit its payload, lane and source")
)

// Limits of a trust file, so that a wrong one is refused and not read.
const (
	maxTrustBytes = 1 << 20
	maxTrustKeys  = 10_000
)

// ParseTrust reads a line for each key: the public nkey, and behind it the
// sources that it may sign for, all if there are none. A source that ends in "*"
// stands for all that begin so. Empty lines and what follows "#" are skipped. The
// error joins all problems, by line.
func ParseTrust(r io.Reader) (*Trust, error) {
	t := &Trust{sources: map[string][]string{}}
	var problems []error
	lines := bufio.NewScanner(io.LimitReader(r, maxTrustBytes))
	n := 0
	for lines.Scan() {
		n++
		text, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		if err := t.add(fields[0], fields[1:]); err != nil {
			problems = append(problems, fmt.Errorf("line %d: %w", n, err))
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: not a text file of keys: %w", n+1, err)
	}
	if len(problems) == 0 && len(t.sources) == 0 {
		problems = append(problems, errors.New("there is no key in it, no job would be trusted"))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Trust) add(key string, sources []string) error {
	switch {
	case strings.HasPrefix(key, "SU"):
		return errors.New("this is a seed, which is secret: give its public key, which begins with U, and make a new seed")
	case !nkeys.IsValidPublicUserKey(key):
		return errors.New("not the public key of a user nkey, which begins with U")
	case len(t.sources) == maxTrustKeys:
		return fmt.Errorf("more than %d keys", maxTrustKeys)
	}
	if _, again := t.sources[key]; again {
		return errors.New("the key stands there already: put all its sources into one line")
	}
	for _, source := range sources {
		if begin, is := strings.CutSuffix(source, "*"); is && begin == "" || ValidateSource(begin) != nil {
			return fmt.Errorf("source %q: must be letters, digits, - or _, with a * at its end to stand for all that begin so", source)
		}
	}
	t.sources[key] = sources
	return nil
}

// ReadTrust is [ParseTrust] of a file.
func ReadTrust(file string) (*Trust, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the trusted keys: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	t, err := ParseTrust(f)
	if err != nil {
		return nil, fmt.Errorf("read the trusted keys in %s: %w", file, err)
	}
	return t, nil
}

// Keys is how many keys are trusted.
func (t *Trust) Keys() int { return len(t.sources) }

// Verify reports why a delivery's job is not to be worked on, or nil. The error
// is one of [ErrUnsigned], [ErrUnknownSigner], [ErrForeignSource] and
// [ErrWrongSignature].
func (c *Conn) Verify(t *Trust, d *Delivery) error {
	s := signatureOf(d.msg.Header)
	if s.Signer == "" && s.Value == "" {
		return ErrUnsigned
	}
	sources, known := t.sources[s.Signer]
	switch {
	case !known:
		return ErrUnknownSigner
	case !covers(sources, d.Source):
		return ErrForeignSource
	case !s.valid(signedBytes(c.topo.Prefix, d.Lane, d.Source, d.Payload)):
		return ErrWrongSignature
	}
	return nil
}

func covers(sources []string, source string) bool {
	for _, s := range sources {
		if begin, is := strings.CutSuffix(s, "*"); s == source || is && strings.HasPrefix(source, begin) {
			return true
		}
	}
	return len(sources) == 0
}
