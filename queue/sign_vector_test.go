package queue

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// TestSignatureGolden: what is signed never changes within version 1, nor does
// what docs/wire.md shows for a producer to test itself by. The seed is 32 bytes
// of 7, and stands nowhere else.
func TestSignatureGolden(t *testing.T) {
	t.Parallel()
	seed, err := nkeys.EncodeSeed(nkeys.PrefixByteUser, []byte(strings.Repeat("\x07", 32)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSigner(seed)
	if err != nil {
		t.Fatal(err)
	}
	msg := nats.NewMsg("mujaz.jobs.live.newsdesk.k")
	msg.Data = []byte(`{"article":{"text":"x"}}`)
	if err := s.sign(msg, "mujaz", LaneLive, "newsdesk"); err != nil {
		t.Fatal(err)
	}
	const signed = "mujaz-job-1\nmujaz\nlive\nnewsdesk\n7082e8f3"
	if got := string(signedBytes("mujaz", LaneLive, "newsdesk", msg.Data)); !strings.HasPrefix(got, signed) {
		t.Errorf("signed is %q", got)
	}
	doc := string(readFile(t, wireDoc))
	for _, line := range []string{
		fmt.Sprintf("    seed       %s\n", seed),
		fmt.Sprintf("    payload    %s\n", msg.Data),
		fmt.Sprintf("    Mujaz-Signer: %s\n", msg.Header.Get(HeaderSigner)),
		fmt.Sprintf("    Mujaz-Signature: %s\n", msg.Header.Get(HeaderSignature)),
	} {
		if !strings.Contains(doc, line) {
			t.Errorf("docs/wire.md does not show\n%s", line)
		}
	}
}

// BenchmarkSign is what a signature costs the producer of a job of 6 KB.
func BenchmarkSign(b *testing.B) {
	seed, _, err := NewSigningKey()
	if err != nil {
		b.Fatal(err)
	}
	s, err := NewSigner(seed)
	if err != nil {
		b.Fatal(err)
	}
	msg := nats.NewMsg("mujaz.jobs.live.newsdesk.k")
	msg.Data = make([]byte, 6<<10)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.sign(msg, "mujaz", LaneLive, "newsdesk"); err != nil {
			b.Fatal(err)
		}
	}
}
