package queue

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of the wire contract. They bound what one job can make a worker
// hold; each is far above what real articles need.
const (
	// MaxArticleBytes bounds an article's body, inline or by claim check.
	// 16 MiB is about five books of 300,000 Arabic words.
	MaxArticleBytes = 16 << 20
	// InlineLimit is the size above which a producer hands the body in as a
	// claim check: half of the server's default 1 MiB payload limit, which
	// counts headers too.
	InlineLimit = 512 << 10

	maxIDBytes         = 256
	maxTitleRunes      = 2000
	maxURLBytes        = 2048
	maxNameRunes       = 200
	maxMetadata        = 32
	maxMetadataKey     = 64
	maxMetadataValue   = 1024
	maxGlossary        = 200
	maxGlossaryBytes   = 200
	maxSubjectBytes    = 256
	minWords, maxWords = 5, 2000
	// maxCost is beyond every job: a larger one is a slip.
	maxCost = 1_000_000
)

var (
	prefixPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	tokenPattern  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	promptPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}(@[1-9][0-9]{0,5})?$`)
	langPattern   = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)
	hexPattern    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	objectPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	modelPattern  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}$`)
)

// Validate returns nil, or a *[ValidationError] with every problem there is.
// It reads the job as [Job.WithDefaults] leaves it, or as it was sent.
func (j Job) Validate() error {
	v := &validator{}
	v.check(j.SchemaVersion == 0 || j.SchemaVersion == SchemaVersion, "schema_version", "must be 1")
	v.plain("id", j.ID, maxIDBytes)
	v.check(j.Revision >= 0, "revision", "must be 1 or more")
	v.oneOf("task", string(j.Task), string(TaskSummarize), string(TaskTranslate))
	v.oneOf("target", j.Target, TargetEnglish)
	v.article(j.Article)
	v.options(j.Options)
	v.check(j.Options.CopyOf == "" || j.Options.CopyOf != j.ID, "options.copy_of", "must be the id of another job")
	if j.ReplyTo != "" {
		if err := validateReplyTo(j.ReplyTo); err != nil {
			v.add("reply_to", err.Error())
		}
	}
	v.metadata(j.Metadata)
	if len(v.problems) == 0 {
		return nil
	}
	return &ValidationError{Problems: v.problems}
}

type validator struct{ problems []Problem }

func (v *validator) add(field, message string) {
	v.problems = append(v.problems, Problem{Field: field, Message: message})
}

func (v *validator) check(ok bool, field, message string) {
	if !ok {
		v.add(field, message)
	}
}

func (v *validator) oneOf(field, value string, allowed ...string) {
	v.check(value == "" || slices.Contains(allowed, value), field, "must be one of: "+strings.Join(allowed, ", "))
}

// plain accepts an optional single-line string of at most limit bytes.
func (v *validator) plain(field, value string, limit int) {
	v.check(len(value) <= limit, field, fmt.Sprintf("must be at most %d bytes", limit))
	v.check(!strings.ContainsFunc(value, unicode.IsControl), field, "must not contain control characters")
}

func (v *validator) short(field, value string, runes int) {
	// Runes are counted only where the byte length leaves it open.
	v.check(len(value) <= runes || utf8.RuneCountInString(value) <= runes, field, fmt.Sprintf("must be at most %d characters", runes))
}

func (v *validator) article(a Article) {
	given := 0
	for _, has := range []bool{a.Text != "", a.HTML != "", a.Object != nil} {
		if has {
			given++
		}
	}
	switch {
	case given == 0 && a.URL != "":
		v.add("article", "needs text, html or object: a url alone is recorded, never fetched")
	case given == 0:
		v.add("article", "needs one of: text, html, object")
	case given > 1:
		v.add("article", "must have only one of: text, html, object")
	}
	v.check(a.Text == "" || strings.ContainsFunc(a.Text, notSpace), "article.text", "must not be blank")
	v.check(a.HTML == "" || strings.ContainsFunc(a.HTML, notSpace), "article.html", "must not be blank")
	v.check(len(a.Text) <= MaxArticleBytes, "article.text", fmt.Sprintf("must be at most %d bytes", MaxArticleBytes))
	v.check(len(a.HTML) <= MaxArticleBytes, "article.html", fmt.Sprintf("must be at most %d bytes", MaxArticleBytes))
	v.short("article.title", a.Title, maxTitleRunes)
	v.short("article.source", a.Source, maxNameRunes)
	v.short("article.author", a.Author, maxNameRunes)
	v.check(a.Lang == "" || len(a.Lang) <= 35 && langPattern.MatchString(a.Lang), "article.lang", `must be a language tag such as "ar" or "ar-EG"`)
	if a.URL != "" {
		u, err := url.Parse(a.URL)
		v.check(err == nil && len(a.URL) <= maxURLBytes && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "",
			"article.url", fmt.Sprintf("must be an http or https address of at most %d bytes", maxURLBytes))
	}
	if o := a.Object; o != nil {
		v.check(objectPattern.MatchString(o.Name), "article.object.name", "must be 1 to 128 letters, digits, - or _")
		v.check(hexPattern.MatchString(o.SHA256), "article.object.sha256", "must be 64 lower-case hex digits")
		v.check(o.Size > 0 && o.Size <= MaxArticleBytes, "article.object.size", fmt.Sprintf("must be 1 to %d", MaxArticleBytes))
		v.check(o.Field == "text" || o.Field == "html", "article.object.field", "must be one of: text, html")
	}
}

func notSpace(r rune) bool { return !unicode.IsSpace(r) }

func (v *validator) options(o Options) {
	v.oneOf("options.style", string(o.Style), string(StyleBrief), string(StyleStandard), string(StyleBullets), string(StyleHeadline))
	v.check(o.MaxWords == 0 || o.MaxWords >= minWords && o.MaxWords <= maxWords, "options.max_words", fmt.Sprintf("must be %d to %d", minWords, maxWords))
	v.check(o.Prompt == "" || promptPattern.MatchString(o.Prompt), "options.prompt", `must be a prompt such as "news-brief@1"`)
	v.check(o.Model == "" || modelPattern.MatchString(o.Model), "options.model", "must be a model name of at most 128 characters")
	v.check(o.MaxCost >= 0 && o.MaxCost <= maxCost, "options.max_cost", fmt.Sprintf("must be above 0 and at most %d", maxCost))
	v.plain("options.copy_of", o.CopyOf, maxIDBytes)
	v.check(len(o.Glossary) <= maxGlossary, "options.glossary", fmt.Sprintf("must have at most %d entries", maxGlossary))
	for source, english := range o.Glossary {
		ok := source != "" && english != "" && len(source) <= maxGlossaryBytes && len(english) <= maxGlossaryBytes &&
			!strings.ContainsFunc(source+english, unicode.IsControl)
		if !ok {
			v.add("options.glossary", fmt.Sprintf("each side of an entry must be 1 to %d bytes without control characters", maxGlossaryBytes))
			return
		}
	}
}

func (v *validator) metadata(m map[string]string) {
	v.check(len(m) <= maxMetadata, "metadata", fmt.Sprintf("must have at most %d entries", maxMetadata))
	for key, value := range m {
		if key == "" || len(key) > maxMetadataKey || len(value) > maxMetadataValue {
			v.add("metadata", fmt.Sprintf("keys must be 1 to %d bytes and values at most %d", maxMetadataKey, maxMetadataValue))
			return
		}
	}
}

// validateReplyTo refuses what no reply subject may be. Which prefixes are
// allowed is the worker's to say.
func validateReplyTo(subject string) error {
	switch {
	case len(subject) > maxSubjectBytes:
		return fmt.Errorf("must be at most %d bytes", maxSubjectBytes)
	case strings.ContainsAny(subject, "*>"):
		return fmt.Errorf("must not contain wildcards")
	case strings.HasPrefix(subject, "$"):
		return fmt.Errorf("must not be a system subject")
	case strings.ContainsFunc(subject, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return fmt.Errorf("must not contain white space or control characters")
	case strings.HasPrefix(subject, ".") || strings.HasSuffix(subject, ".") || strings.Contains(subject, ".."):
		return fmt.Errorf("must not have empty tokens")
	}
	return nil
}

// ValidateSource reports whether name can be the source or run token of a
// subject: 1 to 64 letters, digits, "-" or "_".
func ValidateSource(name string) error {
	if !tokenPattern.MatchString(name) {
		return &ValidationError{Problems: []Problem{{Field: "source", Message: "must be 1 to 64 letters, digits, - or _"}}}
	}
	return nil
}
