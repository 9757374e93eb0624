package price

// Builtin is the table that is built in: list prices for standard calls at the
// provider's own endpoint, under the very names that are listed. Dated names
// are left out, as some cost more than the name without a date (gpt-4o-2024-05-13),
// and so are models whose price depends on the hour or on the prompt's length.
//
// Date is that of the latest public copy of the page, or of a catalogue that
// cites it, that the figures were compared with.
func Builtin() Table {
	const (
		openAI, openAIPage    = "api.openai.com", "https://developers.openai.com/api/docs/pricing"
		anthropic, claudePage = "api.anthropic.com", "https://platform.claude.com/docs/en/about-claude/pricing"
	)
	cached := func(v float64) *float64 { return &v }
	table := Table{
		{Model: "gpt-4.1", Host: openAI, Input: 2, Cached: cached(0.50), Output: 8, Source: openAIPage, Date: "2026-06-21"},
		{Model: "gpt-4.1-mini", Host: openAI, Input: 0.40, Cached: cached(0.10), Output: 1.60, Source: openAIPage, Date: "2026-06-21"},
		{Model: "gpt-4o", Host: openAI, Input: 2.50, Cached: cached(1.25), Output: 10, Source: openAIPage, Date: "2026-05-01"},
		{Model: "gpt-4o-mini", Host: openAI, Input: 0.15, Cached: cached(0.075), Output: 0.60, Source: openAIPage, Date: "2026-05-07"},
	}
	for _, model := range []string{"claude-opus-4-5", "claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-8", "claude-opus-5"} {
		table = append(table, Price{Model: model, Host: anthropic, Input: 5, Cached: cached(0.50), Output: 25, Source: claudePage, Date: "2026-10-10"})
	}
	for i := range table {
		table[i].Currency = "USD"
		if table[i].Host == openAI {
			table[i].Batch = 0.5 // https://developers.openai.com/api/docs/guides/batch: half of the list price
		}
	}
	return table
}
