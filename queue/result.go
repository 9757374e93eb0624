package queue

import "time"

// Status is the outcome that a result reports.
type Status string

// The three statuses. Everything else ends as a dead letter.
const (
	StatusOK      Status = "ok"      // every check passed or could not judge, or a person vouches for it
	StatusFlagged Status = "flagged" // at least one check failed, after one repair; a person may have rejected it
	StatusSkipped Status = "skipped" // there was nothing to do; no call was made
)

// Result is what became of a job. It is written once for each revision of a
// job id, on the subject of [Topology.ResultSubject], and once more for each
// decision of a person about it.
type Result struct {
	SchemaVersion int    `json:"schema_version" jsonschema:"enum=1"`
	ID            string `json:"id" jsonschema:"minLength=1"` // of this result: job id and revision
	JobID         string `json:"job_id" jsonschema:"minLength=1,maxLength=256"`
	Revision      int    `json:"revision" jsonschema:"minimum=1"`
	Task          Task   `json:"task"`
	Status        Status `json:"status"`
	// Reviewed is there when a person has decided about the result.
	Reviewed *Review `json:"reviewed,omitzero"`
	// SkipReason says why a skipped job was skipped: "stub", "paywall",
	// "no_letters", "boilerplate", "already_english".
	SkipReason string `json:"skip_reason,omitzero"`

	Headline    string                `json:"headline,omitzero"`
	Summary     string                `json:"summary,omitzero"`
	KeyPoints   []KeyPoint            `json:"key_points,omitzero"`
	Translation []TranslatedParagraph `json:"translation,omitzero"`
	Names       []Name                `json:"names,omitzero"`

	// Language is what the source was detected to be written in (ISO 639-1);
	// empty when unknown.
	Language string `json:"language,omitzero"`
	// Checks are of the text that stands here. A text that a person edited
	// without the source at hand has none.
	Checks  []Check      `json:"checks"`
	Usage   Usage        `json:"usage"`
	Receipt Receipt      `json:"receipt"`
	Timing  Timing       `json:"timing"`
	Article ArticleFacts `json:"article"`
	// Removed is what cleaning took out of the source, by kind.
	Removed []Removal `json:"removed,omitzero"`
	// Repairs is what cleaning and decoding mended in the source.
	Repairs  []string          `json:"repairs,omitzero"`
	Metadata map[string]string `json:"metadata,omitzero"`
}

// KeyPoint is one claim of the summary and the source paragraphs it rests on.
type KeyPoint struct {
	Text             string `json:"text"`
	SourceParagraphs []int  `json:"source_paragraphs"`
}

// TranslatedParagraph is the English of one source paragraph.
type TranslatedParagraph struct {
	Paragraph int    `json:"paragraph"` // id of the cleaned paragraph, from 1
	Text      string `json:"text"`
}

// Name is a name as the source writes it and as the output does.
type Name struct {
	Source  string `json:"source"`
	English string `json:"english"`
	Kind    string `json:"kind" jsonschema:"enum=person,enum=place,enum=organisation,enum=other"`
}

// Verdict of a check. What a checker has no knowledge of, it cannot judge.
type Verdict string

// The verdicts.
const (
	VerdictPass        Verdict = "pass"
	VerdictFail        Verdict = "fail"
	VerdictCannotJudge Verdict = "cannot_judge"
)

// Check is one thing that was held against the source.
type Check struct {
	Check   string  `json:"check"` // "numbers", "language", …
	Verdict Verdict `json:"verdict"`
	// Detail is a sentence for the reader.
	Detail     string `json:"detail,omitzero"`
	SourceSpan *Span  `json:"source_span,omitzero"`
	OutputSpan *Span  `json:"output_span,omitzero"`
}

// Span is a place in the cleaned source or in the output. Start and End count
// Unicode code points, End exclusive.
type Span struct {
	// Paragraph is the id of the source paragraph; 0 is the title.
	Paragraph int `json:"paragraph,omitzero"`
	// Field is the output field: "headline", "summary", "key_points[2]",
	// "translation[4]".
	Field string `json:"field,omitzero"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Usage is what the job's calls used, repaired and failed ones included.
// A stored answer that was used again counts no calls and no tokens.
type Usage struct {
	Calls           int  `json:"calls"`
	TokensIn        int  `json:"tokens_in"`
	TokensOut       int  `json:"tokens_out"`
	TokensCached    int  `json:"tokens_cached"`
	TokensEstimated bool `json:"tokens_estimated,omitzero"` // the endpoint reported none
	// Cost is in Currency. It is absent and CostKnown false when no price
	// is known for the model.
	Cost      float64 `json:"cost,omitzero"`
	Currency  string  `json:"currency,omitzero"`
	CostKnown bool    `json:"cost_known"`
}

// Receipt says how the output came about, exactly enough to do it again.
type Receipt struct {
	Model        string `json:"model,omitzero"`    // as the endpoint reports it
	Endpoint     string `json:"endpoint,omitzero"` // label of the endpoint, without credentials
	Prompt       string `json:"prompt,omitzero"`   // name@version
	PromptDigest string `json:"prompt_digest,omitzero"`
	SourceDigest string `json:"source_digest,omitzero"` // of the cleaned source
	// GlossaryDigest is of the worker's house glossary, which is put to the
	// model and the checks as far as the source has its names.
	GlossaryDigest string     `json:"glossary_digest,omitzero"`
	JobDigest      string     `json:"job_digest"` // see [Job.Digest]
	Parameters     Parameters `json:"parameters,omitzero"`
	Cached         bool       `json:"cached,omitzero"`   // every answer came from the ledger
	Repaired       bool       `json:"repaired,omitzero"` // a repair call was made and kept
	Attempts       int        `json:"attempts"`
	Worker         string     `json:"worker,omitzero"`
	Software       string     `json:"software"` // mujaz version

	// JudgeModel and JudgePrompt are those of the second model that judged the
	// output's claims, where there is one: as the endpoint reports it, and
	// name@version.
	JudgeModel  string `json:"judge_model,omitzero"`
	JudgePrompt string `json:"judge_prompt,omitzero"`

	// Split is there when the article went to the model in parts.
	Split *Split `json:"split,omitzero"`

	// OptionsDigest is of what was asked for apart from the article; see
	// [Job.OptionsDigest].
	OptionsDigest string `json:"options_digest,omitzero"`
	// Marks of the sentences of the cleaned source, by which near copies are told
	// ([Options.CopyOf]): one string a paragraph, 8 characters a sentence, equal for
	// sentences of equal words. A source of more than 512 sentences has none.
	SourceMarks []string `json:"source_marks,omitzero"`
	// CopyOf is there when the text is that of another job's result. Model,
	// endpoint, parameters, repaired and split are then those of that result.
	CopyOf *CopyOf `json:"copy_of,omitzero"`
}

// CopyOf is the job that an article's text was written for.
type CopyOf struct {
	JobID        string `json:"job_id" jsonschema:"minLength=1,maxLength=256"`
	Revision     int    `json:"revision" jsonschema:"minimum=1"`
	SourceDigest string `json:"source_digest"` // of its cleaned source
	// Cost that the text had there, in the currency of the usage: what is saved.
	// Absent when it is not known.
	Cost float64 `json:"cost,omitzero"`
}

// Split says how an article that exceeds the model's context was worked on.
type Split struct {
	Parts int `json:"parts" jsonschema:"minimum=2"` // that the article was cut into
	// Levels of calls from the article to the output: 1 for a translation, whose
	// parts are put together; for a summary those that read the parts, those that
	// read what came of them, and so on to the one that wrote it.
	Levels int `json:"levels" jsonschema:"minimum=1"`
	// Prompts are those of the parts and of the last level, name@version. The
	// receipt's own prompt is the one that a shorter article would have had.
	Prompts []string `json:"prompts"`
}

// Parameters of the call.
type Parameters struct {
	Temperature float64 `json:"temperature"`
	MaxTokens   int     `json:"max_tokens"`
	Seed        *int    `json:"seed,omitzero"`
	// Structure is how the answer's shape was asked for: "json_schema",
	// "json_object" or "text".
	Structure string `json:"structure,omitzero"`
}

// Timing in milliseconds. Queued is from the queue's clock to the worker's.
type Timing struct {
	QueuedMS  int64     `json:"queued_ms"`
	CleanMS   int64     `json:"clean_ms"`
	LLMMS     int64     `json:"llm_ms"`
	TotalMS   int64     `json:"total_ms"`
	StartedAt time.Time `json:"started_at"`
	DoneAt    time.Time `json:"done_at"`
}

// ArticleFacts identify the article without its text.
type ArticleFacts struct {
	Title       string    `json:"title,omitzero"`
	URL         string    `json:"url,omitzero"`
	Source      string    `json:"source,omitzero"`
	Author      string    `json:"author,omitzero"`
	PublishedAt time.Time `json:"published_at,omitzero"`
	Paragraphs  int       `json:"paragraphs"`
	Words       int       `json:"words"`
}

// Removal is a kind of residue that cleaning took out.
type Removal struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
	Chars int    `json:"chars"` // Unicode code points
}
