package queue_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/queue"
)

func utf16LE(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

// TestDecodeBadInput: no payload panics, none is quoted in the error, and each
// has the cause that its dead letter will name.
func TestDecodeBadInput(t *testing.T) {
	t.Parallel()
	const body = `"article":{"text":"سر المهنة"}`
	for name, tc := range map[string]struct {
		payload string
		cause   queue.Cause // CauseInvalid also stands for a ValidationError
		about   string
	}{
		"empty":                {"", queue.CauseUndecodable, "empty"},
		"only a BOM":           {"\xef\xbb\xbf", queue.CauseUndecodable, "empty"},
		"not JSON":             {"سر المهنة", queue.CauseUndecodable, "not valid JSON"},
		"cut off":              {`{` + body, queue.CauseUndecodable, "not valid JSON"},
		"trailing data":        {`{` + body + `}{}`, queue.CauseUndecodable, "not valid JSON"},
		"trailing comma":       {`{` + body + `,}`, queue.CauseUndecodable, "not valid JSON"},
		"duplicate key":        {`{` + body + `,` + body + `}`, queue.CauseUndecodable, "given twice"},
		"depth bomb":           {`{"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`, queue.CauseUndecodable, "not valid JSON"},
		"null":                 {`null`, queue.CauseInvalid, "article"},
		"array":                {`[]`, queue.CauseInvalid, "must be a JSON object"},
		"string":               {`"سر المهنة"`, queue.CauseInvalid, "must be a JSON object"},
		"no article":           {`{"id":"1"}`, queue.CauseInvalid, "article"},
		"article null":         {`{"article":null}`, queue.CauseInvalid, "article"},
		"text null":            {`{"article":{"text":null}}`, queue.CauseInvalid, "article"},
		"text empty":           {`{"article":{"text":""}}`, queue.CauseInvalid, "article"},
		"text blank":           {`{"article":{"text":" \n\t "}}`, queue.CauseInvalid, "article.text"},
		"text of another type": {`{"article":{"text":["سر المهنة"]}}`, queue.CauseInvalid, `"article.text"`},
		"revision as text":     {`{"revision":"2",` + body + `}`, queue.CauseInvalid, `"revision"`},
		"revision beyond int":  {`{"revision":1e30,` + body + `}`, queue.CauseInvalid, `"revision"`},
		"lone surrogate":       {`{"article":{"text":"خبر\ud800"}}`, queue.CauseUndecodable, "not valid JSON"},
		"bad time":             {`{"article":{"text":"x","published_at":"أمس"}}`, queue.CauseInvalid, `"article.published_at"`},
		"version 2":            {`{"schema_version":2,` + body + `}`, queue.CauseUnsupportedVersion, "schema_version 2"},
		"version 2, new types": {`{"schema_version":2,"article":["سر المهنة"]}`, queue.CauseUnsupportedVersion, "schema_version 2"},
		"key in other case":    {`{"Article":{"Text":"سر المهنة"}}`, queue.CauseInvalid, "article"},
		"latin-1":              {"{\"article\":{\"text\":\"" + strings.Repeat("\xe9\xe8", 200) + "\"}}", queue.CauseUndecodable, "not UTF-8"},
		"utf-16":               {utf16LE(`{` + body + `}`), queue.CauseUndecodable, ""},
		"binary":               {"%PDF-1.7\n\x00\xde\xad\xbe\xef\x80\x81", queue.CauseUndecodable, ""},
		"reply to the API":     {`{"reply_to":"$JS.API.STREAM.PURGE.X",` + body + `}`, queue.CauseInvalid, "reply_to"},
		"reply wildcard":       {`{"reply_to":"_INBOX.>",` + body + `}`, queue.CauseInvalid, "reply_to"},
		"metadata of 4 MB":     {`{"metadata":{"k":"` + strings.Repeat("س", 2<<20) + `"},` + body + `}`, queue.CauseInvalid, "metadata"},
		"metadata nested":      {`{"metadata":{"k":{"سر المهنة":1}},` + body + `}`, queue.CauseInvalid, `"metadata"`},
		"max_words of 1e9":     {`{"options":{"max_words":1000000000},` + body + `}`, queue.CauseInvalid, "options.max_words"},
		"long key in metadata": {`{"metadata":{"` + strings.Repeat("k", 500) + `":1},` + body + `}`, queue.CauseInvalid, `"metadata"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := queue.DecodeJob([]byte(tc.payload))
			var undecodable *queue.DecodeError
			var invalid *queue.ValidationError
			var cause queue.Cause
			switch {
			case errors.As(err, &undecodable):
				cause = undecodable.Cause
			case errors.As(err, &invalid):
				cause = queue.CauseInvalid
			}
			if cause != tc.cause || !strings.Contains(err.Error(), tc.about) {
				t.Errorf("cause %q, error %q; want cause %q, about %q", cause, err, tc.cause, tc.about)
			}
			if err != nil && (strings.Contains(err.Error(), "المهنة") || len(err.Error()) > 500) {
				t.Errorf("the error quotes the payload: %.600s", err)
			}
		})
	}
}

func TestDecodeMends(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("خبر طويل. ", 100)
	for name, tc := range map[string]struct {
		payload, text string
		repairs       []string
	}{
		"clean":          {`{"article":{"text":"خبر"}}`, "خبر", nil},
		"unknown fields": {`{"article":{"text":"خبر","mood":{"deep":[1]}},"trace":null}`, "خبر", nil},
		"BOM":            {"\xef\xbb\xbf" + `{"article":{"text":"خبر"}}`, "خبر", []string{"bom"}},
		"stray byte":     {`{"article":{"text":"` + long + "\xff" + `"}}`, long + "\uFFFD", []string{"utf8"}},
		"both":           {"\xef\xbb\xbf" + `{"article":{"text":"` + long + "\xff" + `"}}`, long + "\uFFFD", []string{"bom", "utf8"}},
		"NUL escaped":    {`{"article":{"text":"خبر\u0000"}}`, "خبر\x00", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job, err := queue.DecodeJob([]byte(tc.payload))
			if err != nil {
				t.Fatal(err)
			}
			if job.Article.Text != tc.text || !cmp.Equal(job.Repairs, tc.repairs) {
				t.Errorf("text %.40q, repairs %v; want %.40q, %v", job.Article.Text, job.Repairs, tc.text, tc.repairs)
			}
			if job.ID == "" || job.Revision != 1 || job.Task != queue.TaskSummarize || job.Target != "en" || job.Options.Style != queue.StyleStandard {
				t.Errorf("defaults are missing: %+v", job)
			}
		})
	}
}

func TestDecodeKeepsTheIDOfAnInvalidJob(t *testing.T) {
	t.Parallel()
	job, err := queue.DecodeJob([]byte(`{"id":"desk-7","task":"sing","article":{"text":"خبر"}}`))
	if err == nil || job.ID != "desk-7" {
		t.Errorf("id %q, error %v", job.ID, err)
	}
}

func TestEncodeDecodeRoundTrip(t *testing.T) {
	t.Parallel()
	want := article("desk-1").WithDefaults()
	want.Metadata, want.Options.Glossary = pairs(5), pairs(7)
	first, err := queue.EncodeJob(want)
	if err != nil {
		t.Fatal(err)
	}
	second, err := queue.EncodeJob(want)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("equal jobs give unequal bytes (%v)", err)
	}
	got, err := queue.DecodeJob(first)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := queue.EncodeJob(queue.Job{}); err == nil {
		t.Error("an invalid job was encoded")
	}
	bad := article("desk-1")
	bad.Article.Title = "عنوان\xff"
	if _, err := queue.EncodeJob(bad); err == nil || !strings.Contains(err.Error(), "article.title") {
		t.Errorf("invalid UTF-8: %v, want an error that names article.title", err)
	}
}

func TestDecodeResult(t *testing.T) {
	t.Parallel()
	want := queue.Result{SchemaVersion: 1, ID: "a", JobID: "a", Revision: 1, Status: queue.StatusOK, Summary: "A new plant opened.", Checks: []queue.Check{}}
	payload, err := queue.EncodeResult(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := queue.DecodeResult(payload)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, bad := range []string{"", "{", `{"schema_version":2}`, `{"schema_version":1,"summary":["سر"]}`} {
		if _, err := queue.DecodeResult([]byte(bad)); err == nil || strings.Contains(err.Error(), "سر") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestDigest: what changes the output changes the digest, nothing else does.
func TestDigest(t *testing.T) {
	t.Parallel()
	base := article("a").Digest()
	same := map[string]func(*queue.Job){
		"id":       func(j *queue.Job) { j.ID = "b" },
		"revision": func(j *queue.Job) { j.Revision = 3 },
		"metadata": func(j *queue.Job) { j.Metadata = pairs(1) },
		"reply":    func(j *queue.Job) { j.ReplyTo = "_INBOX.a" },
		"force":    func(j *queue.Job) { j.Options.Force = true },
		"copy_of":  func(j *queue.Job) { j.Options.CopyOf = "b" },
		"defaults": func(j *queue.Job) { *j = j.WithDefaults() },
		"url":      func(j *queue.Job) { j.Article.URL = "https://news.example/" },
	}
	for name, change := range same {
		job := article("a")
		if change(&job); job.Digest() != base {
			t.Errorf("%s changes the digest", name)
		}
		if job.OptionsDigest() != article("a").OptionsDigest() {
			t.Errorf("%s changes the digest of the options", name)
		}
	}
	seen := map[string]string{base: "base"}
	for name, change := range map[string]func(*queue.Job){
		"task":     func(j *queue.Job) { j.Task = queue.TaskTranslate },
		"text":     func(j *queue.Job) { j.Article.Text += "." },
		"html":     func(j *queue.Job) { j.Article.HTML, j.Article.Text = j.Article.Text, "" },
		"title":    func(j *queue.Job) { j.Article.Title = "ar" },
		"lang":     func(j *queue.Job) { j.Article.Lang = "ar" },
		"style":    func(j *queue.Job) { j.Options.Style = queue.StyleBrief },
		"words":    func(j *queue.Job) { j.Options.MaxWords = 50 },
		"prompt":   func(j *queue.Job) { j.Options.Prompt = "news@1" },
		"model":    func(j *queue.Job) { j.Options.Model = "news@1" },
		"glossary": func(j *queue.Job) { j.Options.Glossary = map[string]string{"a": "b"} },
	} {
		job := article("a")
		change(&job)
		if other, taken := seen[job.Digest()]; taken {
			t.Errorf("%s and %s have one digest", name, other)
		}
		ofArticle := name == "text" || name == "html" || name == "title" || name == "lang"
		if same := job.OptionsDigest() == article("a").OptionsDigest(); same != ofArticle {
			t.Errorf("%s: the digest of the options stays the same: %v", name, same)
		}
		seen[job.Digest()] = name
	}
}

func TestKeyAndMsgID(t *testing.T) {
	t.Parallel()
	job := article("news.*.>")
	if key := job.Key(); len(key) != 32 || strings.ContainsAny(key, ".*> ") {
		t.Errorf("key %q", key)
	}
	if job.MsgID() != "news.*.>" {
		t.Errorf("message id %q", job.MsgID())
	}
	job.Revision = 2
	if job.MsgID() != "news.*.>@2" {
		t.Errorf("message id of a revision %q", job.MsgID())
	}
}

// TestCausesAreComplete: every cause has advice, so that no dead letter leaves
// its reader alone.
func TestCausesAreComplete(t *testing.T) {
	t.Parallel()
	for _, cause := range queue.Causes() {
		if cause.Advice() == "" {
			t.Errorf("%s has no advice", cause)
		}
	}
	if queue.Cause("novel").Advice() != "" {
		t.Error("an unknown cause has advice")
	}
}
