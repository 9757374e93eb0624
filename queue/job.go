package queue

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// SchemaVersion is the version of the wire contract that this package speaks.
// A payload without a schema_version is read as version 1.
const SchemaVersion = 1

// Task says what is to be made of an article.
type Task string

// The tasks of schema version 1.
const (
	TaskSummarize Task = "summarize"
	TaskTranslate Task = "translate"
)

// Style is the shape of a summary. It is ignored by [TaskTranslate].
type Style string

// The styles of schema version 1.
const (
	StyleBrief    Style = "brief"    // two or three sentences
	StyleStandard Style = "standard" // one or two paragraphs
	StyleBullets  Style = "bullets"  // key points carry the content
	StyleHeadline Style = "headline" // a headline and one sentence
)

// TargetEnglish is the only target language of schema version 1.
const TargetEnglish = "en"

// Job is one article and what is to be made of it. The smallest valid job is
//
//	{"article":{"text":"…"}}
//
// All other fields have defaults, which [Job.WithDefaults] fills in.
type Job struct {
	// SchemaVersion is 1; absent means 1. Any other is a dead letter
	// with [CauseUnsupportedVersion].
	SchemaVersion int `json:"schema_version,omitzero" jsonschema:"enum=1,default=1"`

	// ID is the producer's name for this job, unique across all that it
	// sends: 1 to 256 bytes, no control characters. It is the Nats-Msg-Id
	// too. Absent, it is derived from task, article and options, so that
	// equal work has equal ids.
	ID string `json:"id,omitzero" jsonschema:"minLength=1,maxLength=256"`

	// Revision orders results of one id, from 1 (the default). A job whose
	// revision is greater than that of the stored result supersedes it;
	// an equal one is a repetition.
	Revision int `json:"revision,omitzero" jsonschema:"minimum=1,default=1"`

	// Task is "summarize" by default.
	Task Task `json:"task,omitzero" jsonschema:"default=summarize"`
	// Target is the language to write in (ISO 639-1).
	Target  string  `json:"target,omitzero" jsonschema:"enum=en,default=en"`
	Article Article `json:"article"`
	Options Options `json:"options,omitzero"`

	// ReplyTo is a subject that receives a copy of the result by core NATS,
	// best effort. It begins with "_INBOX." or a prefix that the worker
	// allows, and has no wildcards.
	ReplyTo string `json:"reply_to,omitzero" jsonschema:"minLength=1,maxLength=256"`

	// Metadata is carried to the result untouched: at most 32 entries,
	// keys of 1 to 64 bytes, values of at most 1,024.
	Metadata map[string]string `json:"metadata,omitzero" jsonschema:"maxProperties=32"`

	// Repairs lists what decoding had to mend ("bom", "utf8"). Not sent.
	Repairs []string `json:"-"`
}

// Article is the source. Exactly one of Text, HTML and Object is given.
type Article struct {
	Title string `json:"title,omitzero" jsonschema:"maxLength=2000"`
	// Text is plain text, paragraphs divided by line breaks.
	Text string `json:"text,omitzero" jsonschema:"maxLength=16777216"`
	// HTML is a page or a fragment of one; the main text is extracted.
	HTML string `json:"html,omitzero" jsonschema:"maxLength=16777216"`
	// Object is the claim check of a body that is too large to be inline.
	Object *Object `json:"object,omitzero"`
	// Lang is a hint (BCP 47). What the text is written in is detected.
	Lang string `json:"lang,omitzero" jsonschema:"maxLength=35"`
	// URL is where the article was published: http or https. It is recorded,
	// never fetched.
	URL string `json:"url,omitzero" jsonschema:"maxLength=2048"`
	// Source is the publisher's name as a reader knows it. The source token
	// of the subject is another thing.
	Source string `json:"source,omitzero" jsonschema:"maxLength=200"`
	Author string `json:"author,omitzero" jsonschema:"maxLength=200"`
	// PublishedAt is in RFC 3339 with its zone ("2026-03-01T09:30:00+03:00").
	// Relative dates of the text are checked against it.
	PublishedAt time.Time `json:"published_at,omitzero"`
}

// Object points to an article body in the object store [Topology.BodiesBucket].
type Object struct {
	Name string `json:"name" jsonschema:"minLength=1,maxLength=128"`
	// SHA256 of the bytes, lower-case hex.
	SHA256 string `json:"sha256"`
	// Size in bytes.
	Size int64 `json:"size" jsonschema:"minimum=1,maximum=16777216"`
	// Field is the article field that the bytes stand for.
	Field string `json:"field" jsonschema:"enum=text,enum=html"`
}

// Options steer how the work is done.
type Options struct {
	// Style is "standard" by default; a translation ignores it.
	Style Style `json:"style,omitzero" jsonschema:"default=standard"`
	// MaxWords bounds the summary, 5 to 2,000 words; absent, the style decides.
	MaxWords int `json:"max_words,omitzero" jsonschema:"minimum=5,maximum=2000"`
	// Glossary maps source spellings to the English that must be used:
	// at most 200 entries, each side 1 to 200 bytes.
	Glossary map[string]string `json:"glossary,omitzero" jsonschema:"maxProperties=200"`
	// Prompt is name@version, or a name for its newest version.
	Prompt string `json:"prompt,omitzero"`
	// Model overrides the worker's; the worker must list it as allowed.
	Model string `json:"model,omitzero" jsonschema:"maxLength=128"`
	// Deadline is when the result is of no use any more. A job that passes
	// it before its call is a dead letter with [CauseExpired].
	Deadline time.Time `json:"deadline,omitzero"`
	// MaxCost is the most that this job may cost, in the currency of the worker's
	// prices, above 0. A job whose next call could pass it is a dead letter with
	// [CauseOverBudget]. Absent, only the worker's budgets hold.
	MaxCost float64 `json:"max_cost,omitzero" jsonschema:"maximum=1000000"`
	// CopyOf is the id of a job of the same lane and source whose article is a
	// near-identical copy of this one. Where every sentence of this article stands
	// in that one, the text of its result is held against this article instead of
	// asking for another; else, and where it has none, the job makes its own call.
	CopyOf string `json:"copy_of,omitzero" jsonschema:"minLength=1,maxLength=256"`
	// Force asks for new calls where a stored answer would do.
	Force bool `json:"force,omitzero"`
}

// WithDefaults returns the job with every absent field that has a default
// filled in, the id among them.
func (j Job) WithDefaults() Job {
	j.SchemaVersion = cmp.Or(j.SchemaVersion, SchemaVersion)
	j.Revision = cmp.Or(j.Revision, 1)
	j.Task = cmp.Or(j.Task, TaskSummarize)
	j.Target = cmp.Or(j.Target, TargetEnglish)
	j.Options.Style = cmp.Or(j.Options.Style, StyleStandard)
	if j.ID == "" {
		j.ID = "digest-" + j.Digest()[:32]
	}
	return j
}

// Key is the token that stands for the job's id in subjects: the first 128
// bits of its SHA-256 in hex, so that no id can spell a subject.
func (j Job) Key() string { return Key(j.ID) }

// Key is the subject token of a job id. See [Job.Key].
func Key(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// MsgID is the Nats-Msg-Id under which the job is published: its id, with
// the revision behind it where that is above 1.
func (j Job) MsgID() string {
	if j.Revision > 1 {
		return j.ID + "@" + strconv.Itoa(j.Revision)
	}
	return j.ID
}

// Digest identifies the work that the job asks for: SHA-256 in hex over task,
// target, article and the options that change the output. Two jobs with one
// id and two digests are in conflict. An inline body and its claim check have
// equal digests.
func (j Job) Digest() string {
	a, o := j.Article, j.Options
	field, body := "text", ""
	switch {
	case a.Object != nil:
		field, body = a.Object.Field, a.Object.SHA256
	case a.HTML != "":
		field, body = "html", sha256Hex(a.HTML)
	default:
		body = sha256Hex(a.Text)
	}
	published := ""
	if !a.PublishedAt.IsZero() {
		published = a.PublishedAt.UTC().Format(time.RFC3339Nano)
	}
	fields := appendFields(
		nil, string(cmp.Or(j.Task, TaskSummarize)), cmp.Or(j.Target, TargetEnglish), field, body, a.Title, a.Lang,
		published, string(cmp.Or(o.Style, StyleStandard)), strconv.Itoa(o.MaxWords), o.Prompt, o.Model,
	)
	for _, k := range slices.Sorted(maps.Keys(o.Glossary)) {
		fields = appendFields(fields, k, o.Glossary[k])
	}
	sum := sha256.Sum256(fields)
	return hex.EncodeToString(sum[:])
}

// OptionsDigest identifies what is asked for apart from the article: SHA-256 in
// hex over task, target and the options that change the output. Two jobs with one
// options digest would have the same made of one article.
func (j Job) OptionsDigest() string {
	o := j.Options
	fields := appendFields(
		nil, string(cmp.Or(j.Task, TaskSummarize)), cmp.Or(j.Target, TargetEnglish),
		string(cmp.Or(o.Style, StyleStandard)), strconv.Itoa(o.MaxWords), o.Prompt, o.Model,
	)
	for _, k := range slices.Sorted(maps.Keys(o.Glossary)) {
		fields = appendFields(fields, k, o.Glossary[k])
	}
	sum := sha256.Sum256(fields)
	return hex.EncodeToString(sum[:])
}

// appendFields prefixes each field with its length, so that no two lists of
// fields give the same bytes.
func appendFields(to []byte, fields ...string) []byte {
	for _, f := range fields {
		to = strconv.AppendInt(to, int64(len(f)), 10)
		to = append(to, ':')
		to = append(to, f...)
	}
	return to
}

// hashBuffers hold texts on their way into a hash, which takes bytes only: a
// copy a job less for the garbage collector.
var hashBuffers = sync.Pool{New: func() any { return new([]byte) }}

func sha256Hex(s string) string {
	buf, _ := hashBuffers.Get().(*[]byte)
	*buf = append((*buf)[:0], s...)
	sum := sha256.Sum256(*buf)
	hashBuffers.Put(buf)
	return hex.EncodeToString(sum[:])
}
