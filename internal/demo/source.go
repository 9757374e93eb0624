package demo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/demo/show"
)

// What is shown of a source: its beginning, and the beginnings of what was
// taken out.
const (
	shownParagraphs = 2
	shownCharacters = 160
	shownRemovals   = 4
	removalChars    = 50
)

// source prints what the model will see of an article, and what it will not.
// Right-to-left text is printed as it is: terminals turn it, or do not.
func (s *session) source(i int, a Article) {
	out, style := s.cfg.Out, s.cfg.Style
	fmt.Fprintf(out, "%s\n", style.Bold(fmt.Sprintf("── %d/%d  %s", i+1, len(s.cfg.Articles), show.Line(a.Name))))
	article := a.Job.Article
	cleaned, err := clean.Clean(clean.Input{Title: article.Title, Text: article.Text, HTML: article.HTML, URL: article.URL, Lang: article.Lang})
	if err != nil {
		// The worker says the same, with what to do.
		fmt.Fprintf(out, "  %s\n", err)
		return
	}
	if cleaned.Title != "" {
		fmt.Fprintf(out, "  %s\n", show.Line(cleaned.Title))
	}
	for _, p := range cleaned.Paragraphs[:min(shownParagraphs, len(cleaned.Paragraphs))] {
		fmt.Fprintf(out, "  %s\n", show.Clip(show.Line(p.Text), shownCharacters))
	}
	language := cleaned.Language
	if language == "" {
		language = "unknown"
	}
	fmt.Fprintf(out, "  %s\n", style.Dim(fmt.Sprintf("%d paragraphs, %d words, language %s", len(cleaned.Paragraphs), cleaned.Words, language)))
	if len(cleaned.Removed) > 0 {
		fmt.Fprintf(out, "  %s\n", style.Dim("removed: "+Removed(cleaned.Removed)))
	}
	fmt.Fprintln(out)
}

// Removed sums up what cleaning took out: kinds with counts, and how some of
// it began.
func Removed(removed []clean.Removal) string {
	var kinds []clean.Kind
	count, chars := map[clean.Kind]int{}, 0
	var quotes []string
	for _, r := range removed {
		if count[r.Kind] == 0 {
			kinds = append(kinds, r.Kind)
		}
		count[r.Kind]++
		chars += r.Chars
		if r.Text != "" && len(quotes) < shownRemovals && r.Kind != clean.KindHeadline {
			quotes = append(quotes, "“"+show.Clip(show.Line(r.Text), removalChars)+"”")
		}
	}
	slices.Sort(kinds)
	parts := make([]string, len(kinds))
	for i, kind := range kinds {
		parts[i] = fmt.Sprintf("%d %s", count[kind], kind)
	}
	text := fmt.Sprintf("%s (%d characters)", strings.Join(parts, ", "), chars)
	if len(quotes) > 0 {
		text += ": " + strings.Join(quotes, " ")
	}
	return text
}
