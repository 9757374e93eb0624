package queue

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// beyondSchema are the rules of Job.Validate that JSON Schema has no words
// for, by field. docs/wire.md lists them; TestVerdicts has a case for each.
func beyondSchema() map[string]string {
	return map[string]string{
		"id":               "a schema counts characters, the limit is in bytes",
		"article.text":     "a schema counts characters, the limit is in bytes",
		"article.html":     "a schema counts characters, the limit is in bytes",
		"article.url":      "it must parse as an address, and the limit is in bytes",
		"options.glossary": "a schema counts characters, the limit is in bytes",
		"metadata":         "a schema counts characters, the limit is in bytes",
		"reply_to":         "the limit is in bytes, and white space beyond Latin-1 is refused",
	}
}

// TestVerdicts holds schema and Validate to the same verdict, case by case.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	arabic := strings.Repeat("خبر", 80) // 240 characters, 480 bytes
	text := Article{Text: "خبر قصير من بلدة التلال"}
	object := Object{Name: "a-b_C9", SHA256: strings.Repeat("0a", 32), Size: 1, Field: "text"}
	with := func(change func(*Job)) Job {
		job := Job{Article: text}
		change(&job)
		return job
	}
	withObject := func(change func(*Object)) Job {
		o := object
		change(&o)
		return Job{Article: Article{Object: &o}}
	}
	pairs := func(n int) map[string]string {
		m := map[string]string{}
		for i := range n {
			m["k"+string(rune('A'+i))] = "v"
		}
		return m
	}
	for name, tc := range map[string]struct {
		job Job
		// field that is at fault; none means valid.
		field string
		// only Validate sees it.
		beyond bool
	}{
		"smallest":              {job: Job{Article: text}},
		"defaults filled in":    {job: Job{Article: text}.WithDefaults()},
		"version 2":             {job: with(func(j *Job) { j.SchemaVersion = 2 }), field: "schema_version"},
		"id of 256 bytes":       {job: with(func(j *Job) { j.ID = strings.Repeat("x", 256) })},
		"id of 257 characters":  {job: with(func(j *Job) { j.ID = strings.Repeat("x", 257) }), field: "id"},
		"id of 480 bytes":       {job: with(func(j *Job) { j.ID = arabic }), field: "id", beyond: true},
		"id with line break":    {job: with(func(j *Job) { j.ID = "a\r\nNats-Rollup: all" }), field: "id"},
		"id with C1 control":    {job: with(func(j *Job) { j.ID = "a\u0085b" }), field: "id"},
		"revision 9":            {job: with(func(j *Job) { j.Revision = 9 })},
		"revision below 1":      {job: with(func(j *Job) { j.Revision = -1 }), field: "revision"},
		"translate":             {job: with(func(j *Job) { j.Task = TaskTranslate })},
		"unknown task":          {job: with(func(j *Job) { j.Task = "rewrite" }), field: "task"},
		"target Arabic":         {job: with(func(j *Job) { j.Target = "ar" }), field: "target"},
		"no body":               {job: Job{}, field: "article"},
		"only a url":            {job: Job{Article: Article{URL: "https://waha.example/1"}}, field: "article"},
		"text and html":         {job: Job{Article: Article{Text: "x", HTML: "<p>x"}}, field: "article"},
		"text and object":       {job: Job{Article: Article{Text: "x", Object: &object}}, field: "article"},
		"html":                  {job: Job{Article: Article{HTML: "<p>x"}}},
		"text of 16 MiB":        {job: Job{Article: Article{Text: strings.Repeat("x", MaxArticleBytes)}}},
		"text above 16 MiB":     {job: Job{Article: Article{Text: strings.Repeat("x", MaxArticleBytes+1)}}, field: "article.text"},
		"text of many bytes":    {job: Job{Article: Article{Text: strings.Repeat("خ", MaxArticleBytes/2+1)}}, field: "article.text", beyond: true},
		"html of many bytes":    {job: Job{Article: Article{HTML: strings.Repeat("خ", MaxArticleBytes/2+1)}}, field: "article.html", beyond: true},
		"title of 2000":         {job: with(func(j *Job) { j.Article.Title = strings.Repeat("خ", 2000) })},
		"title of 2001":         {job: with(func(j *Job) { j.Article.Title = strings.Repeat("خ", 2001) }), field: "article.title"},
		"source of 201":         {job: with(func(j *Job) { j.Article.Source = strings.Repeat("خ", 201) }), field: "article.source"},
		"author of 201":         {job: with(func(j *Job) { j.Article.Author = strings.Repeat("خ", 201) }), field: "article.author"},
		"lang ar-EG":            {job: with(func(j *Job) { j.Article.Lang = "ar-EG" })},
		"lang with underscore":  {job: with(func(j *Job) { j.Article.Lang = "ar_EG" }), field: "article.lang"},
		"lang too long":         {job: with(func(j *Job) { j.Article.Lang = "ar-" + strings.Repeat("abcdefgh-", 4) + "a" }), field: "article.lang"},
		"url in capitals":       {job: with(func(j *Job) { j.Article.URL = "HTTPS://waha.example" })},
		"url ftp":               {job: with(func(j *Job) { j.Article.URL = "ftp://waha.example/1" }), field: "article.url"},
		"url without host":      {job: with(func(j *Job) { j.Article.URL = "https:///1" }), field: "article.url"},
		"url that parses not":   {job: with(func(j *Job) { j.Article.URL = "https://waha.example:port/" }), field: "article.url", beyond: true},
		"url too long":          {job: with(func(j *Job) { j.Article.URL = "https://waha.example/" + strings.Repeat("a", 2048) }), field: "article.url"},
		"published":             {job: with(func(j *Job) { j.Article.PublishedAt = time.Date(2026, 3, 1, 0, 0, 0, 1, time.FixedZone("", 3*3600)) })},
		"object":                {job: withObject(func(*Object) {})},
		"object named as path":  {job: withObject(func(o *Object) { o.Name = "../x" }), field: "article.object.name"},
		"object without name":   {job: withObject(func(o *Object) { o.Name = "" }), field: "article.object.name"},
		"object SHA in capital": {job: withObject(func(o *Object) { o.SHA256 = strings.Repeat("0A", 32) }), field: "article.object.sha256"},
		"object of no size":     {job: withObject(func(o *Object) { o.Size = 0 }), field: "article.object.size"},
		"object too large":      {job: withObject(func(o *Object) { o.Size = MaxArticleBytes + 1 }), field: "article.object.size"},
		"object for title":      {job: withObject(func(o *Object) { o.Field = "title" }), field: "article.object.field"},
		"style":                 {job: with(func(j *Job) { j.Options.Style = StyleHeadline })},
		"unknown style":         {job: with(func(j *Job) { j.Options.Style = "haiku" }), field: "options.style"},
		"5 words":               {job: with(func(j *Job) { j.Options.MaxWords = 5 })},
		"4 words":               {job: with(func(j *Job) { j.Options.MaxWords = 4 }), field: "options.max_words"},
		"2001 words":            {job: with(func(j *Job) { j.Options.MaxWords = 2001 }), field: "options.max_words"},
		"glossary of 200 bytes": {job: with(func(j *Job) { j.Options.Glossary = map[string]string{strings.Repeat("خ", 100): "x"} })},
		"glossary of 201":       {job: with(func(j *Job) { j.Options.Glossary = map[string]string{"خ": strings.Repeat("x", 201)} }), field: "options.glossary"},
		"glossary of 202 bytes": {job: with(func(j *Job) { j.Options.Glossary = map[string]string{strings.Repeat("خ", 101): "x"} }), field: "options.glossary", beyond: true},
		"glossary with empty":   {job: with(func(j *Job) { j.Options.Glossary = map[string]string{"": "x"} }), field: "options.glossary"},
		"glossary with newline": {job: with(func(j *Job) { j.Options.Glossary = map[string]string{"خ": "a\nb"} }), field: "options.glossary"},
		"glossary too large":    {job: with(func(j *Job) { j.Options.Glossary = pairs(201) }), field: "options.glossary"},
		"prompt with version":   {job: with(func(j *Job) { j.Options.Prompt = "news-brief@12" })},
		"prompt with path":      {job: with(func(j *Job) { j.Options.Prompt = "../brief" }), field: "options.prompt"},
		"model":                 {job: with(func(j *Job) { j.Options.Model = "org/model-7b:q4_K.M@x+y" })},
		"model with space":      {job: with(func(j *Job) { j.Options.Model = "gpt 4" }), field: "options.model"},
		"model too long":        {job: with(func(j *Job) { j.Options.Model = strings.Repeat("m", 129) }), field: "options.model"},
		"reply":                 {job: with(func(j *Job) { j.ReplyTo = "_INBOX.a$b.1" })},
		"reply to one token":    {job: with(func(j *Job) { j.ReplyTo = "x" })},
		"reply with wildcard":   {job: with(func(j *Job) { j.ReplyTo = "_INBOX.*" }), field: "reply_to"},
		"reply to system":       {job: with(func(j *Job) { j.ReplyTo = "$JS.API.INFO" }), field: "reply_to"},
		"reply with gap":        {job: with(func(j *Job) { j.ReplyTo = "_INBOX..a" }), field: "reply_to"},
		"reply with end dot":    {job: with(func(j *Job) { j.ReplyTo = "_INBOX.a." }), field: "reply_to"},
		"reply with line break": {job: with(func(j *Job) { j.ReplyTo = "_INBOX.a\r\nPUB b 0" }), field: "reply_to"},
		"reply with wide space": {job: with(func(j *Job) { j.ReplyTo = "_INBOX.\u3000a" }), field: "reply_to", beyond: true},
		"metadata":              {job: with(func(j *Job) { j.Metadata = map[string]string{"k": ""} })},
		"metadata of 33":        {job: with(func(j *Job) { j.Metadata = pairs(33) }), field: "metadata"},
		"metadata without key":  {job: with(func(j *Job) { j.Metadata = map[string]string{"": "v"} }), field: "metadata"},
		"metadata long value":   {job: with(func(j *Job) { j.Metadata = map[string]string{"k": strings.Repeat("v", 1025)} }), field: "metadata"},
		"metadata of bytes":     {job: with(func(j *Job) { j.Metadata = map[string]string{strings.Repeat("خ", 33): "v"} }), field: "metadata", beyond: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := problemsOf(t, tc.job.Validate())
			var fields []string
			if tc.field != "" {
				fields = []string{tc.field}
			}
			if diff := cmp.Diff(fields, problems); diff != "" {
				t.Errorf("Validate finds fault with (-want +got):\n%s", diff)
			}
			payload, err := json.Marshal(tc.job)
			if err != nil {
				t.Fatal(err)
			}
			instance, err := jsonInstance(payload)
			if err != nil {
				t.Fatal(err)
			}
			err = schemaError(t, SchemaJob, instance)
			if want := tc.field == "" || tc.beyond; (err == nil) != want {
				t.Errorf("the schema accepts it: %t, want %t: %v", err == nil, want, err)
			}
			if tc.beyond && beyondSchema()[tc.field] == "" {
				t.Errorf("beyondSchema does not list %s", tc.field)
			}
		})
	}
}

// problemsOf are the fields that Validate finds fault with, each once.
func problemsOf(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var invalid *ValidationError
	if !errors.As(err, &invalid) {
		t.Fatalf("error of type %T: %v", err, err)
	}
	fields := map[string]bool{}
	for _, p := range invalid.Problems {
		fields[p.Field] = true
	}
	return slices.Sorted(maps.Keys(fields))
}

// TestVerdictsOfRandomJobs: what the schema accepts, Validate accepts, but for
// the rules beyond it; what Validate accepts, the schema accepts; and what is
// accepted comes back from the wire as it was.
func TestVerdictsOfRandomJobs(t *testing.T) {
	t.Parallel()
	accepted, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		job := randomJob(rt)
		payload, err := json.Marshal(job)
		if err != nil {
			rt.Fatal(err)
		}
		instance, err := jsonInstance(payload)
		if err != nil {
			rt.Fatal(err)
		}
		bySchema, byRules := schemaError(rt, SchemaJob, instance), job.Validate()
		if byRules == nil {
			if bySchema != nil {
				rt.Fatalf("Validate accepts it, the schema does not: %v\n%s", bySchema, payload)
			}
			accepted++
			got, err := DecodeJob(payload)
			if err != nil {
				rt.Fatalf("decode: %v\n%s", err, payload)
			}
			if diff := cmp.Diff(job.WithDefaults(), got); diff != "" {
				rt.Fatalf("after a round trip (-want +got):\n%s", diff)
			}
			return
		}
		refused++
		if bySchema == nil {
			for _, field := range problemsOf(t, byRules) {
				if beyondSchema()[field] == "" {
					rt.Fatalf("the schema accepts it, Validate does not: %v\n%s", byRules, payload)
				}
			}
		}
	})
	if accepted == 0 || refused == 0 {
		t.Errorf("%d random jobs were valid and %d were not: the generator proves nothing", accepted, refused)
	}
}

// randomJob draws a valid job and then spoils up to two fields, with values at
// the edges of what is allowed.
func randomJob(t *rapid.T) Job {
	pick := func(label string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label) }
	line := rapid.OneOf(rapid.Just(""), rapid.StringOfN(rapid.RuneFrom(nil, unicode.Arabic, unicode.Latin, unicode.Digit, unicode.So), 0, 20, 60))
	when := func(label string) time.Time {
		if rapid.Bool().Draw(t, "no "+label) {
			return time.Time{}
		}
		zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, label+" zone"))
		return time.Unix(rapid.Int64Range(-2e9, 9e9).Draw(t, label), rapid.Int64Range(0, 999_999_999).Draw(t, label+" ns")).In(zone)
	}
	entry := rapid.StringOfN(rapid.RuneFrom(nil, unicode.Arabic, unicode.Latin), 1, 16, 64)
	j := Job{
		SchemaVersion: rapid.IntRange(0, 1).Draw(t, "schema_version"), ID: line.Draw(t, "id"), Revision: rapid.IntRange(0, 1<<40).Draw(t, "revision"),
		Task: Task(pick("task", "", "summarize", "translate")), Target: pick("target", "", "en"),
		ReplyTo: pick("reply_to", "", "_INBOX.a.b", "خبر.1", "a.$b"), Metadata: rapid.MapOfN(entry, line, 0, 3).Draw(t, "metadata"),
		Article: Article{
			Title: line.Draw(t, "title"), Lang: pick("lang", "", "ar", "ar-EG"), Source: line.Draw(t, "source"), Author: line.Draw(t, "author"),
			URL: pick("url", "", "https://waha.example/خبر?q=1#f", "http://[::1]:80/"), PublishedAt: when("published_at"),
		},
		Options: Options{
			Style: Style(pick("style", "", "brief", "bullets")), MaxWords: rapid.SampledFrom([]int{0, 5, 2000}).Draw(t, "max_words"),
			Glossary: rapid.MapOfN(entry, entry, 0, 3).Draw(t, "glossary"), Prompt: pick("prompt", "", "news-brief", "news-brief@1"),
			Model: pick("model", "", "a/b:c"), Deadline: when("deadline"), Force: rapid.Bool().Draw(t, "force"),
		},
	}
	// An empty map is absent on the wire.
	if len(j.Metadata) == 0 {
		j.Metadata = nil
	}
	if len(j.Options.Glossary) == 0 {
		j.Options.Glossary = nil
	}
	switch pick("body", "text", "html", "object") {
	case "text":
		j.Article.Text = "خبر: " + line.Draw(t, "text")
	case "html":
		j.Article.HTML = "<p>خبر</p>"
	case "object":
		j.Article.Object = &Object{Name: pick("name", "a-b", "_"), SHA256: strings.Repeat("0a", 32), Size: rapid.Int64Range(1, MaxArticleBytes).Draw(t, "size"), Field: pick("field", "text", "html")}
	}
	for range rapid.IntRange(0, 2).Draw(t, "spoilt fields") {
		spoil(t, &j)
	}
	return j
}

func spoil(t *rapid.T, j *Job) {
	text := rapid.SampledFrom([]string{
		"", "x", "سطر\nسطر", "a\tb", "\u0085", "\u200f", "🙂", "\x00", "$a", ".a", "a..b", "a>", "a b", "a1", "../a", "//waha.example", "https://?",
		"http://[::1/", "mailto:a@waha.example", "News", "news-brief@01", strings.Repeat("خ", 130), strings.Repeat("x", 201), strings.Repeat("x", 2049),
	}).Draw(t, "spoilt text")
	number := rapid.SampledFrom([]int{1, 2, 4, 2001, -1, 1 << 40}).Draw(t, "spoilt number")
	a, o := &j.Article, &j.Options
	texts := []*string{
		&j.ID, (*string)(&j.Task), &j.Target, &j.ReplyTo, &a.Title, &a.Text, &a.HTML, &a.Lang, &a.URL, &a.Source, &a.Author,
		(*string)(&o.Style), &o.Prompt, &o.Model,
	}
	numbers := []*int{&j.SchemaVersion, &j.Revision, &o.MaxWords}
	if a.Object != nil {
		texts = append(texts, &a.Object.Name, &a.Object.SHA256, &a.Object.Field)
	}
	switch n := rapid.IntRange(0, len(texts)+len(numbers)+3).Draw(t, "spoilt"); {
	case n < len(texts):
		*texts[n] = text
	case n < len(texts)+len(numbers):
		*numbers[n-len(texts)] = number
	case n == len(texts)+len(numbers):
		o.Glossary = map[string]string{text: "x"}
	case n == len(texts)+len(numbers)+1:
		o.Glossary = map[string]string{"خ": text}
	case n == len(texts)+len(numbers)+2:
		j.Metadata = map[string]string{text: text}
	case a.Object != nil:
		a.Object.Size = int64(number)
	}
}
