// Package tokens says how many tokens a model counts in a text.
//
// A [Counter] belongs to one model at one endpoint. Where the model's tokenizer
// is known by its name (OpenAI's o200k and cl100k), it counts with that; for all
// others it estimates from the letters of each script. Both are corrected by what
// the endpoint reports of its calls: see [Counter.Learn].
//
// Pure: no network, no clock, no randomness. The vocabularies are in the binary
// and are read at the first count that needs them.
package tokens
