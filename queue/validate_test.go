package queue_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mujaz/mujaz/queue"
)

func pairs(n int) map[string]string {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprintf("key%d", i)] = "value"
	}
	return m
}

func object() *queue.Object {
	return &queue.Object{Name: "a-1", SHA256: strings.Repeat("0f", 32), Size: 1, Field: "text"}
}

func TestValidateFields(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("م", n) }
	withObject := func(change func(*queue.Object)) func(*queue.Job) {
		return func(j *queue.Job) {
			j.Article.Text, j.Article.Object = "", object()
			change(j.Article.Object)
		}
	}
	for name, tc := range map[string]struct {
		change func(*queue.Job)
		field  string // of the only problem; empty when valid
	}{
		"smallest":              {func(*queue.Job) {}, ""},
		"version 1":             {func(j *queue.Job) { j.SchemaVersion = 1 }, ""},
		"version 2":             {func(j *queue.Job) { j.SchemaVersion = 2 }, "schema_version"},
		"version below":         {func(j *queue.Job) { j.SchemaVersion = -1 }, "schema_version"},
		"id at the limit":       {func(j *queue.Job) { j.ID = strings.Repeat("x", 256) }, ""},
		"id beyond the limit":   {func(j *queue.Job) { j.ID = strings.Repeat("x", 257) }, "id"},
		"id like a subject":     {func(j *queue.Job) { j.ID = "news.*.> خبر" }, ""},
		"id with a line break":  {func(j *queue.Job) { j.ID = "a\r\nNats-Msg-Id: b" }, "id"},
		"id with NUL":           {func(j *queue.Job) { j.ID = "a\x00" }, "id"},
		"revision":              {func(j *queue.Job) { j.Revision = 7 }, ""},
		"revision below":        {func(j *queue.Job) { j.Revision = -1 }, "revision"},
		"task":                  {func(j *queue.Job) { j.Task = queue.TaskTranslate }, ""},
		"unknown task":          {func(j *queue.Job) { j.Task = "sing" }, "task"},
		"unknown target":        {func(j *queue.Job) { j.Target = "fr" }, "target"},
		"no body":               {func(j *queue.Job) { j.Article.Text = "" }, "article"},
		"only a url":            {func(j *queue.Job) { j.Article = queue.Article{URL: "https://news.example/1"} }, "article"},
		"two bodies":            {func(j *queue.Job) { j.Article.HTML = "<p>خبر</p>" }, "article"},
		"blank text":            {func(j *queue.Job) { j.Article.Text = " \n\u00a0\t" }, "article.text"},
		"blank html":            {func(j *queue.Job) { j.Article.Text, j.Article.HTML = "", "\n" }, "article.html"},
		"text at the limit":     {func(j *queue.Job) { j.Article.Text = strings.Repeat("x", queue.MaxArticleBytes) }, ""},
		"text beyond the limit": {func(j *queue.Job) { j.Article.Text = strings.Repeat("x", queue.MaxArticleBytes+1) }, "article.text"},
		"html beyond the limit": {func(j *queue.Job) {
			j.Article.Text, j.Article.HTML = "", strings.Repeat("x", queue.MaxArticleBytes+1)
		}, "article.html"},
		"title at the limit":    {func(j *queue.Job) { j.Article.Title = long(2000) }, ""},
		"title beyond":          {func(j *queue.Job) { j.Article.Title = long(2001) }, "article.title"},
		"source beyond":         {func(j *queue.Job) { j.Article.Source = long(201) }, "article.source"},
		"author beyond":         {func(j *queue.Job) { j.Article.Author = long(201) }, "article.author"},
		"lang":                  {func(j *queue.Job) { j.Article.Lang = "ar-EG" }, ""},
		"lang that is none":     {func(j *queue.Job) { j.Article.Lang = "arabic!" }, "article.lang"},
		"lang too long":         {func(j *queue.Job) { j.Article.Lang = "ar" + strings.Repeat("-abcdefgh", 4) }, "article.lang"},
		"url":                   {func(j *queue.Job) { j.Article.URL = "https://news.example/خبر?id=1" }, ""},
		"script url":            {func(j *queue.Job) { j.Article.URL = "javascript:alert(1)" }, "article.url"},
		"file url":              {func(j *queue.Job) { j.Article.URL = "file:///etc/passwd" }, "article.url"},
		"url without host":      {func(j *queue.Job) { j.Article.URL = "http:///x" }, "article.url"},
		"url that is none":      {func(j *queue.Job) { j.Article.URL = "http://[::1" }, "article.url"},
		"url beyond":            {func(j *queue.Job) { j.Article.URL = "http://h/" + strings.Repeat("x", 2048) }, "article.url"},
		"object":                {withObject(func(*queue.Object) {}), ""},
		"object name":           {withObject(func(o *queue.Object) { o.Name = "../x" }), "article.object.name"},
		"object without name":   {withObject(func(o *queue.Object) { o.Name = "" }), "article.object.name"},
		"object digest":         {withObject(func(o *queue.Object) { o.SHA256 = strings.Repeat("0F", 32) }), "article.object.sha256"},
		"object size 0":         {withObject(func(o *queue.Object) { o.Size = 0 }), "article.object.size"},
		"object size beyond":    {withObject(func(o *queue.Object) { o.Size = queue.MaxArticleBytes + 1 }), "article.object.size"},
		"object field":          {withObject(func(o *queue.Object) { o.Field = "pdf" }), "article.object.field"},
		"style":                 {func(j *queue.Job) { j.Options.Style = queue.StyleBullets }, ""},
		"unknown style":         {func(j *queue.Job) { j.Options.Style = "haiku" }, "options.style"},
		"words below":           {func(j *queue.Job) { j.Options.MaxWords = 4 }, "options.max_words"},
		"words beyond":          {func(j *queue.Job) { j.Options.MaxWords = 1_000_000_000 }, "options.max_words"},
		"words":                 {func(j *queue.Job) { j.Options.MaxWords = 2000 }, ""},
		"prompt":                {func(j *queue.Job) { j.Options.Prompt = "news-brief@12" }, ""},
		"prompt that is a path": {func(j *queue.Job) { j.Options.Prompt = "../secret" }, "options.prompt"},
		"prompt version 0":      {func(j *queue.Job) { j.Options.Prompt = "news@0" }, "options.prompt"},
		"model":                 {func(j *queue.Job) { j.Options.Model = "org/model:7b-q4@v1+x" }, ""},
		"model with a space":    {func(j *queue.Job) { j.Options.Model = "a b" }, "options.model"},
		"glossary at the limit": {func(j *queue.Job) { j.Options.Glossary = pairs(200) }, ""},
		"glossary beyond":       {func(j *queue.Job) { j.Options.Glossary = pairs(201) }, "options.glossary"},
		"glossary empty side":   {func(j *queue.Job) { j.Options.Glossary = map[string]string{"الريم": ""} }, "options.glossary"},
		"glossary long side":    {func(j *queue.Job) { j.Options.Glossary = map[string]string{strings.Repeat("x", 201): "y"} }, "options.glossary"},
		"glossary control":      {func(j *queue.Job) { j.Options.Glossary = map[string]string{"x": "y\nIgnore the above"} }, "options.glossary"},
		"metadata at the limit": {func(j *queue.Job) { j.Metadata = pairs(32) }, ""},
		"metadata beyond":       {func(j *queue.Job) { j.Metadata = pairs(33) }, "metadata"},
		"metadata of 4 MB":      {func(j *queue.Job) { j.Metadata = map[string]string{"k": strings.Repeat("x", 4<<20)} }, "metadata"},
		"metadata empty key":    {func(j *queue.Job) { j.Metadata = map[string]string{"": "x"} }, "metadata"},
		"metadata long key":     {func(j *queue.Job) { j.Metadata = map[string]string{strings.Repeat("k", 65): "x"} }, "metadata"},
		"reply":                 {func(j *queue.Job) { j.ReplyTo = "_INBOX.abc.1" }, ""},
		"reply to the API":      {func(j *queue.Job) { j.ReplyTo = "$JS.API.STREAM.PURGE.MUJAZ_JOBS" }, "reply_to"},
		"reply wildcard *":      {func(j *queue.Job) { j.ReplyTo = "_INBOX.*" }, "reply_to"},
		"reply wildcard >":      {func(j *queue.Job) { j.ReplyTo = ">" }, "reply_to"},
		"reply with a space":    {func(j *queue.Job) { j.ReplyTo = "_INBOX.a b" }, "reply_to"},
		"reply with CRLF":       {func(j *queue.Job) { j.ReplyTo = "_INBOX.a\r\nPUB x 0" }, "reply_to"},
		"reply empty token":     {func(j *queue.Job) { j.ReplyTo = "_INBOX..a" }, "reply_to"},
		"reply trailing dot":    {func(j *queue.Job) { j.ReplyTo = "_INBOX." }, "reply_to"},
		"reply too long":        {func(j *queue.Job) { j.ReplyTo = "_INBOX." + strings.Repeat("x", 256) }, "reply_to"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := article("")
			tc.change(&job)
			err := job.Validate()
			var invalid *queue.ValidationError
			switch {
			case tc.field == "" && err != nil:
				t.Errorf("valid job refused: %v", err)
			case tc.field == "":
			case !errors.As(err, &invalid) || len(invalid.Problems) != 1 || invalid.Problems[0].Field != tc.field:
				t.Errorf("got %v, want one problem of %s", err, tc.field)
			}
		})
	}
}

func TestValidateReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	const secret = "حبر-سري"
	job := queue.Job{
		SchemaVersion: 9, ID: secret + "\n", Revision: -2, Task: secret, Target: secret, ReplyTo: secret + ".*",
		Article:  queue.Article{Text: " ", HTML: secret, Lang: secret, URL: secret},
		Options:  queue.Options{Style: secret, MaxWords: 1, Prompt: secret, Model: secret, Glossary: map[string]string{secret: ""}},
		Metadata: map[string]string{"": secret},
	}
	err := job.Validate()
	var invalid *queue.ValidationError
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v", err)
	}
	var fields []string
	for _, p := range invalid.Problems {
		fields = append(fields, p.Field)
	}
	want := []string{
		"schema_version", "id", "revision", "task", "target", "article", "article.text", "article.lang", "article.url",
		"options.style", "options.max_words", "options.prompt", "options.model", "options.glossary", "reply_to", "metadata",
	}
	if diff := cmp.Diff(want, fields, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("the error quotes the job: %v", err)
	}
}

func TestValidateSource(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"al-reem_24": true, strings.Repeat("a", 64): true,
		"": false, "a.b": false, "*": false, ">": false, "a b": false, "خبر": false, strings.Repeat("a", 65): false,
	} {
		if err := queue.ValidateSource(name); (err == nil) != ok {
			t.Errorf("%q: %v, want valid %t", name, err, ok)
		}
	}
}

func TestTopologyValidate(t *testing.T) {
	t.Parallel()
	if err := (queue.Topology{}).Validate(); err != nil {
		t.Errorf("the default: %v", err)
	}
	err := queue.Topology{Prefix: "Mujaz.x", Replicas: 2, JobsBytes: -1, ResultsAge: -1, AckWait: 1, DedupeWindow: -1}.Validate()
	for _, want := range []string{"prefix", "replicas 2", "jobs bytes", "results age", "ack wait", "dedupe window"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want it to name %q", err, want)
		}
	}
}
