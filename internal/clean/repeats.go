package clean

import "strings"

// repeatedHeadline returns a headline that stands twice: on top, or below the running text. It
// is residue whatever the title, and the title where none was given.
func (c *cleaner) repeatedHeadline(facts []fact) string {
	_, last := edges(facts)
	isHeadline := func(i int) bool {
		return facts[i].gone == "" && facts[i].words >= headlineMin && facts[i].words <= headlineMax && !endsSentence(c.lines[i].text)
	}
	for i := last + 1; i < len(facts); i++ {
		if isHeadline(i) && last >= 0 && (i > 0 && c.sameLine(facts, i, i-1) || c.sameLine(facts, i, 0)) {
			return c.lines[i].text
		}
	}
	if len(facts) > 1 && isHeadline(0) && c.sameLine(facts, 0, 1) {
		return c.lines[0].text
	}
	return ""
}

// sameLine reports lines that compare equal.
func (c *cleaner) sameLine(facts []fact, i, j int) bool {
	return facts[i].key == facts[j].key && facts[i].key != "" && c.fullKey(i, &facts[i]) == c.fullKey(j, &facts[j])
}

// dropRepeats takes out the title wherever it stands as a line, and paragraphs that were there.
func (c *cleaner) dropRepeats(facts []fact) {
	headline := c.repeatedHeadline(facts)
	if c.article.Title == "" {
		c.article.Title = headline
	}
	titles := append(titleKeys(c.article.Title), titleKeys(headline)...)
	seen := make(map[string]bool, len(facts))
	first, last := edges(facts)
	for i := range facts {
		f := &facts[i]
		if f.gone != "" || f.key == "" && len(c.lines[i].text) <= maxResidue {
			continue
		}
		for _, t := range titles {
			if strings.HasPrefix(t, f.key) && f.key != "" && c.fullKey(i, f) == t && (f.words >= 3 || i < first || i > last) {
				f.gone = KindHeadline
			}
		}
		if f.gone != "" || f.words < duplicateMin {
			continue
		}
		if seen[c.lines[i].text] {
			f.gone = KindDuplicate
		}
		seen[c.lines[i].text] = true
	}
}

// titleKeys returns the comparable forms of a title, with and without the site's name.
func titleKeys(title string) []string {
	if title == "" {
		return nil
	}
	keys := []string{string(appendKey(nil, title))}
	for _, sep := range []string{" | ", " - ", " – ", " — ", " :: ", " » "} {
		if before, _, ok := strings.Cut(title, sep); ok && len(strings.Fields(before)) >= 3 {
			keys = append(keys, string(appendKey(nil, before)))
		}
	}
	return keys
}
