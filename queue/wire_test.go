package queue

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

const wireDir = "testdata/wire"

// TestWireGolden reads the golden payloads. They are never edited: see the
// README beside them.
func TestWireGolden(t *testing.T) {
	t.Parallel()
	sums := readSums(t)
	jobs, invalid := goldenJobs(), goldenInvalid()
	files, err := filepath.Glob(filepath.Join(wireDir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, path := range files {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			payload := readFile(t, path)
			if got := sha256Hex(string(payload)); got != sums[name] {
				t.Fatalf("%s has digest %s, SHA256SUMS says %q: a golden payload is never edited", name, got, sums[name])
			}
			kind, _, _ := strings.Cut(name, "-")
			switch kind {
			case "job":
				want, ok := jobs[name]
				if !ok {
					t.Fatal("no row in goldenJobs")
				}
				checkGoldenJob(t, payload, want)
			case "invalid":
				want, ok := invalid[name]
				if !ok {
					t.Fatal("no row in goldenInvalid")
				}
				checkGoldenInvalid(t, payload, want)
			case "result":
				checkGoldenResult(t, payload, strings.Contains(name, "future"))
			case "dead":
				checkGoldenDead(t, payload)
			default:
				t.Errorf("no golden payload begins with %q", kind)
			}
		})
		seen++
	}
	if seen != len(sums) {
		t.Errorf("%d golden payloads, SHA256SUMS lists %d: none is ever removed", seen, len(sums))
	}
}

func readSums(t *testing.T) map[string]string {
	t.Helper()
	sums := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(readFile(t, filepath.Join(wireDir, "SHA256SUMS"))))
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok {
			t.Fatalf("SHA256SUMS has the line %q", lines.Text())
		}
		sums[name] = sum
	}
	return sums
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func checkGoldenJob(t *testing.T, payload []byte, want Job) {
	t.Helper()
	got, err := DecodeJob(payload)
	if err != nil {
		t.Fatal(err)
	}
	if want.ID == "" {
		// A derived id is part of the promise too: it must not change.
		t.Fatal("goldenJobs must name the derived id")
	}
	if diff := cmp.Diff(want.WithDefaults(), got); diff != "" {
		t.Errorf("job (-want +got):\n%s", diff)
	}
	again, err := EncodeJob(got)
	if err != nil {
		t.Fatal(err)
	}
	mustMatch(t, SchemaJob, again)
}

func checkGoldenInvalid(t *testing.T, payload []byte, want invalidJob) {
	t.Helper()
	_, err := DecodeJob(payload)
	if err == nil {
		t.Fatalf("decodes, want cause %s", want.cause)
	}
	if got := causeOf(t, err); got != want.cause {
		t.Errorf("cause %s (%v), want %s", got, err, want.cause)
	}
	if !strings.Contains(err.Error(), want.says) {
		t.Errorf("the error is %q, want it to say %q", err, want.says)
	}
	if instance, err := jsonInstance(payload); err == nil {
		if schemaError(t, SchemaJob, instance) == nil && !want.beyondSchema {
			t.Error("the schema accepts it")
		}
	}
}

// checkGoldenResult demands that today's types write what they read, byte for
// byte but for white space, unless the file has fields of the future.
func checkGoldenResult(t *testing.T, payload []byte, future bool) {
	t.Helper()
	r, err := DecodeResult(payload)
	if err != nil {
		t.Fatal(err)
	}
	mustMatch(t, SchemaResult, payload)
	encoded, err := EncodeResult(r)
	if err != nil {
		t.Fatal(err)
	}
	mustMatch(t, SchemaResult, encoded)
	if future {
		return
	}
	if diff := cmp.Diff(canonical(t, payload), canonical(t, encoded)); diff != "" {
		t.Errorf("result is written in another way than it was read (-golden +now):\n%s", diff)
	}
	for _, c := range r.Checks {
		if s := c.OutputSpan; s != nil && s.Field == "summary" && string([]rune(r.Summary)[s.Start:s.End]) != s.Text {
			t.Errorf("the span of check %s does not lead to its text", c.Check)
		}
	}
}

func checkGoldenDead(t *testing.T, payload []byte) {
	t.Helper()
	var letter DeadLetter
	if err := json.Unmarshal(payload, &letter); err != nil {
		t.Fatal(err)
	}
	mustMatch(t, SchemaDead, payload)
	encoded, err := json.Marshal(letter)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(canonical(t, payload), canonical(t, encoded)); diff != "" {
		t.Errorf("facts are written in another way than they were read (-golden +now):\n%s", diff)
	}
	if letter.Advice != letter.Cause.Advice() {
		t.Errorf("advice is %q, the cause's is %q", letter.Advice, letter.Cause.Advice())
	}
}

func canonical(t *testing.T, payload []byte) string {
	t.Helper()
	value := jsontext.Value(bytes.Clone(payload))
	if err := value.Canonicalize(); err != nil {
		t.Fatal(err)
	}
	if err := value.Indent(); err != nil {
		t.Fatal(err)
	}
	return string(value)
}

// causeOf is the cause that a worker gives a payload that DecodeJob refuses.
func causeOf(t testing.TB, err error) Cause {
	t.Helper()
	var decode *DecodeError
	var invalid *ValidationError
	switch {
	case errors.As(err, &decode):
		return decode.Cause
	case errors.As(err, &invalid):
		return CauseInvalid
	}
	t.Fatalf("error of type %T: %v", err, err)
	return ""
}

const goldenText = "افتتحت بلدية وادي الزعفران صباح الثلاثاء مكتبة عامة تضم 12 ألف كتاب.\nوقال رئيس البلدية سامر النجار إن الدخول مجاني للطلاب."

// goldenJobs are the jobs that the files hold; what is absent has its default.
func goldenJobs() map[string]Job {
	return map[string]Job{
		"job-smallest.json":      {ID: goldenDerivedID, Article: Article{Text: goldenText}},
		"job-absent-values.json": {ID: goldenDerivedID, Article: Article{Text: goldenText}},
		"job-full.json": {
			SchemaVersion: 1, ID: "وكالة-الواحة/2026/0417", Revision: 3, Task: TaskSummarize, Target: TargetEnglish,
			Article: Article{
				Title: "مكتبة عامة جديدة في وادي الزعفران", Text: goldenText, Lang: "ar-JO",
				URL: "https://waha.example/news/417?page=1", Source: "وكالة الواحة", Author: "ليان الخطيب",
				PublishedAt: time.Date(2026, 3, 10, 6, 30, 0, 250e6, time.UTC),
			},
			Options: Options{
				Style: StyleBullets, MaxWords: 120,
				Glossary: map[string]string{"وادي الزعفران": "Wadi al-Zafaran", "سامر النجار": "Samer al-Najjar"},
				Prompt:   "news-brief@1", Model: "qwen3:4b", Deadline: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), Force: true,
			},
			ReplyTo: "_INBOX.reader.417", Metadata: map[string]string{"batch": "morning", "كاتب": "ليان"},
		},
		"job-html.json": {ID: "waha-418", Article: Article{
			HTML: `<html lang="ar"><body><article><h1>سوق المزارعين يعود إلى بلدة التلال</h1><p>يعود سوق المزارعين يوم الجمعة بمشاركة 40 مزارعًا.</p></article></body></html>`,
			URL:  "https://waha.example/news/418",
		}},
		"job-object.json": {ID: "waha-419", Article: Article{
			Title: "تقرير الموسم الزراعي",
			Object: &Object{
				Name:   Key("waha-419") + "-2bb80d537b1da3e3",
				SHA256: "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", Size: 734003, Field: "html",
			},
		}},
		"job-translate.json": {
			ID: "waha-420", Task: TaskTranslate,
			Article: Article{Text: "تأجلت مباراة فريق النخيل أسبوعين بسبب الأمطار."},
			Options: Options{Glossary: map[string]string{"النخيل": "Al-Nakheel"}},
		},
		"job-max-cost.json": {
			ID: "waha-422", Article: Article{Text: goldenText}, Options: Options{MaxCost: 0.015},
		},
		"job-copy-of.json": {
			ID: "waha-423", Article: Article{Text: goldenText}, Options: Options{CopyOf: "وكالة-الواحة/2026/0417"},
		},
		"job-future-fields.json": {ID: "waha-421", Article: Article{Text: goldenText}, Options: Options{Style: StyleBrief}},
	}
}

// goldenDerivedID is the id that the smallest job gets. It must stay what it
// is: a job that is sent again would else not be recognised.
const goldenDerivedID = "digest-c2f987dfb847109de6966913150d2cf6"

// invalidJob is how an invalid payload ends.
type invalidJob struct {
	cause Cause
	says  string
	// beyondSchema: what is wrong is nothing that a schema can say.
	beyondSchema bool
}

func goldenInvalid() map[string]invalidJob {
	return map[string]invalidJob{
		"invalid-broken.json":                {cause: CauseUndecodable, says: "not valid JSON"},
		"invalid-empty.json":                 {cause: CauseUndecodable, says: "the payload is empty"},
		"invalid-not-json.json":              {cause: CauseUndecodable, says: "not valid JSON"},
		"invalid-windows-1256.json":          {cause: CauseUndecodable, says: "not UTF-8", beyondSchema: true},
		"invalid-duplicate-field.json":       {cause: CauseUndecodable, says: "a field is given twice", beyondSchema: true},
		"invalid-trailing-data.json":         {cause: CauseUndecodable, says: "not valid JSON"},
		"invalid-version-2.json":             {cause: CauseUnsupportedVersion, says: "schema_version 2 is not supported"},
		"invalid-version-2-other-types.json": {cause: CauseUnsupportedVersion, says: "schema_version 2 is not supported"},
		"invalid-array.json":                 {cause: CauseInvalid, says: "JSON object"},
		"invalid-text-is-number.json":        {cause: CauseInvalid, says: `field "article.text" has the wrong type`},
		"invalid-no-article.json":            {cause: CauseInvalid, says: "needs one of: text, html, object"},
		"invalid-no-body.json":               {cause: CauseInvalid, says: "needs one of: text, html, object"},
		"invalid-url-only.json":              {cause: CauseInvalid, says: "never fetched"},
		"invalid-two-bodies.json":            {cause: CauseInvalid, says: "only one of: text, html, object"},
		"invalid-task.json":                  {cause: CauseInvalid, says: "task: must be one of: summarize, translate"},
		"invalid-id-header-injection.json":   {cause: CauseInvalid, says: "id: must not contain control characters"},
		"invalid-reply-wildcard.json":        {cause: CauseInvalid, says: "reply_to: must not contain wildcards"},
		"invalid-reply-system.json":          {cause: CauseInvalid, says: "reply_to: must not be a system subject"},
		"invalid-time-without-zone.json":     {cause: CauseInvalid, says: `field "article.published_at" has the wrong type`},
		"invalid-max-cost.json":              {cause: CauseInvalid, says: "options.max_cost: must be above 0"},
		"invalid-max-cost-text.json":         {cause: CauseInvalid, says: `field "options.max_cost" has the wrong type`},
		"invalid-copy-of-itself.json":        {cause: CauseInvalid, says: "options.copy_of: must be the id of another job", beyondSchema: true},
		"invalid-copy-of-control.json":       {cause: CauseInvalid, says: "options.copy_of: must not contain control characters"},
		"invalid-object-path.json":           {cause: CauseInvalid, says: "article.object.name"},
	}
}
