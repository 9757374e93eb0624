package queue

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// FuzzJobHeaders: whatever a client has put into subject and headers of a job,
// what is read from them keeps its bounds, and its dead letter can be read again
// and redriven.
func FuzzJobHeaders(f *testing.F) {
	topo := Topology{}.WithDefaults()
	const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	f.Add(topo.JobSubject(LaneLive, "desk", Key("a")), "a", "2", "17", `[{"cause":"poison","time":"2026-03-01T00:00:00Z","last_error":"x"}]`,
		"2026-03-01T00:00:00Z", trace, "UDVEU3DD4KOFECV66VIHWEZOYX4ZKR3WV27L464SIIPOU2IUI3JCYSJF", "tL7GXRubB4ka8yE2G2VJ")
	f.Add("mujaz.jobs..", "\xff\n", "-1", "1e9", `[{},{},{},{},{},{}]`, "9999-12-31T23:59:59Z", "00--", "U", "=")
	f.Add("", strings.Repeat("\x01", 300), "9999999999999999999999", "-", `{"cause":1}`, "0001-01-01T00:00:00Z", trace+"\r\n", "SU", strings.Repeat("A", 88))
	f.Fuzz(func(t *testing.T, subject, msgID, redrives, of, history, queued, parent, signer, signature string) {
		h := nats.Header{
			HeaderMsgID: {msgID}, HeaderRedrives: {redrives}, HeaderRedriveOf: {of}, headerHistory: {history}, headerQueued: {queued},
			HeaderTraceParent: {parent}, HeaderTraceState: {history}, HeaderSigner: {signer}, HeaderSignature: {signature},
		}
		lane, source := topo.route(subject)
		if ValidateSource(source) != nil {
			t.Fatalf("source %q of subject %q", source, subject)
		}
		at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
		d := &Delivery{consumer: &Consumer{conn: &Conn{topo: topo}}, Lane: lane, Source: source, Subject: subject, Payload: []byte(msgID), Sequence: 7, QueuedAt: at, Redrives: len(redrives), msg: &nats.Msg{Header: h}}
		if d.queuedFirst().After(at) {
			t.Errorf("queued first at %s, after it was queued", d.queuedFirst())
		}
		if s := signatureOf(h); s.valid(signedBytes(topo.Prefix, lane, source, d.Payload)) {
			t.Errorf("signature %q is valid", signature)
		}
		letter := d.facts(DeadLetter{Cause: CauseInvalid, FirstError: subject, LastError: history, Time: at})
		if !tokenPattern.MatchString(letter.Key) {
			t.Errorf("key %q", letter.Key)
		}
		checkLetter(t, d, letter)
	})
}

// checkLetter sends a letter through its header.
func checkLetter(t *testing.T, d *Delivery, letter DeadLetter) {
	t.Helper()
	facts, err := encodeFacts(letter)
	if err != nil {
		t.Fatal(err)
	}
	msg := nats.NewMsg("x")
	msg.Header.Set(HeaderDead, string(facts))
	d.Trace().set(msg.Header)
	signatureOf(d.msg.Header).set(msg.Header)
	beside := 0
	for name, values := range msg.Header {
		if name != HeaderDead {
			beside += len(name) + len(values[0]) + len(": \r\n")
		}
	}
	if beside > deadMargin/2 || bytes.ContainsAny(facts, "\r\n") {
		t.Errorf("%d bytes stand beside the facts %q", beside, facts)
	}
	again, err := readDead(msg.Header, nil, 1)
	if err != nil {
		t.Fatalf("the facts are not readable: %v", err)
	}
	deaths := again.deaths()
	if len(deaths) > maxDeaths {
		t.Errorf("%d deaths", len(deaths))
	}
	for _, death := range deaths {
		if n := max(utf8.RuneCountInString(death.LastError), utf8.RuneCountInString(string(death.Cause))); n > maxDeathRunes+1 {
			t.Errorf("a death of %d characters", n)
		}
	}
}

// FuzzReadDead: facts from anywhere are read or refused without a quotation, and
// what a redrive makes of them keeps its bounds.
func FuzzReadDead(f *testing.F) {
	addGolden(f, "dead-*.json")
	f.Add([]byte(`{"history":[{"cause":"x"},{},{},{},{},{},{},{}],"redrives":-1,"redrive_of":18446744073709551615}`))
	f.Add([]byte(`{"time":"2026-13-01T00:00:00Z","cause":["مجلس بلدية وادي الزعفران"]}`))
	f.Fuzz(func(t *testing.T, facts []byte) {
		letter, err := readDead(nats.Header{HeaderDead: {string(facts)}}, nil, 3)
		if err != nil {
			checkNoQuote(t, facts, err)
			return
		}
		if n := len(letter.deaths()); n > maxDeaths {
			t.Errorf("%d deaths", n)
		}
		if _, err := encodeFacts(letter); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}

// fuzzEntry is an entry of the fleet bucket, of whatever program.
type fuzzEntry struct {
	jetstream.KeyValueEntry
	value []byte
}

func (fuzzEntry) Key() string                     { return "k" }
func (e fuzzEntry) Value() []byte                 { return e.value }
func (fuzzEntry) Operation() jetstream.KeyValueOp { return jetstream.KeyValuePut }
func (fuzzEntry) Created() time.Time              { return time.Unix(0, 0) }
func stored[T any](data []byte) (entry T, read bool) {
	return entry, json.Unmarshal(data, &entry) == nil
}

// FuzzStored: entries of buckets and streams that only mujaz writes, as an older
// or later version, another program or a damaged disk may have left them.
func FuzzStored(f *testing.F) {
	for _, entry := range []string{
		`{"action":"pause","lane":"live","source":"desk","by":"layan","reason":"moving house"}`,
		`{"action":"cancel","job_id":"x","by":"\u0000"}`,
		`{"started":2,"concluded":9,"failed":-1,"last_error":"x"}`,
		`{"name":"w","endpoint":"e","slots":-1,"since":"2026-03-01T00:00:00Z"}`,
		`{"cap":1,"spent":9223372036854775807,"workers":{"a":{"spent":1,"reserved":1,"until":9223372036854775807},"b":{"until":-9223372036854775808}}}`,
		`{"worker":"w","calls":[{"time":"2026-03-01T00:00:00Z","cost":1e300},null]}`,
		`{"stream":"MUJAZ_JOBS","stream_seq":18446744073709551615,"deliveries":-1}`,
	} {
		f.Add([]byte(entry))
	}
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte) {
		set := map[string]Switch{"k": {}}
		note(set, fuzzEntry{value: data})
		if s, known := set["k"]; known && s.Validate() != nil {
			t.Errorf("switch %+v counts", s)
		}
		if a, read := stored[Attempts](data); read && a.Crashes() < 0 {
			t.Errorf("%+v has %d crashes", a, a.Crashes())
		}
		if e, read := stored[accountEntry](data); read {
			e.sums("a", now)
			next := e.with("self", part{Spent: 1}, 2, now)
			if _, kept := next.Workers["self"]; !kept || next.Cap != 2 {
				t.Errorf("the worker's own part is lost in %+v", next)
			}
		}
		stored[Member](data)
		stored[spendBatch](data)
		stored[Advisory](data)
	})
}

// FuzzTrust: a trust file is read or refused; no error shows a seed.
func FuzzTrust(f *testing.F) {
	const key, seed = "UDVEU3DD4KOFECV66VIHWEZOYX4ZKR3WV27L464SIIPOU2IUI3JCYSJF", "SUAAOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBZ5FE"
	for _, text := range []string{key + " desk run-* # x\n", seed, key + " " + seed, key + "\n" + key, "\xff", key + " *", "#"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		trust, err := ParseTrust(strings.NewReader(text))
		switch {
		case err == nil && (trust.Keys() == 0 || trust.Keys() > strings.Count(text, "U")):
			t.Errorf("%d keys in %q", trust.Keys(), text)
		case err != nil && (err.Error() == "" || strings.Contains(err.Error(), seed)):
			t.Errorf("error %q", err)
		}
	})
}
