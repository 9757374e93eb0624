package main

import (
	"time"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/worker"
)

// judgeFlags describe the second model.
type judgeFlags struct {
	JudgeModel       string        `placeholder:"NAME" help:"Second model that holds each claim of a summary against the article; without, none does."`
	JudgeBaseURL     string        `name:"judge-base-url" placeholder:"URL" help:"Root of its OpenAI-compatible endpoint; default: the worker's endpoint."`
	JudgeAPIKey      llm.Secret    `name:"judge-api-key" placeholder:"KEY" help:"Key of the endpoint of --judge-base-url; the worker's key is not sent there. Better set the variable, or --judge-api-key-file."`
	JudgeAPIKeyFile  string        `name:"judge-api-key-file" placeholder:"FILE" help:"File with that key."`
	JudgeTimeout     time.Duration `default:"${judge_timeout}" placeholder:"TIME" help:"How long a summary waits for --judge-base-url; then it goes on unjudged [${default}]."`
	JudgePriceInput  float64       `placeholder:"PRICE" help:"Price of a million of its input tokens; without prices, costs are unknown if the model is not --model."`
	JudgePriceOutput float64       `placeholder:"PRICE" help:"Price of a million of its output tokens, in --currency."`
}

// defaultJudgeTimeout is some ten times what a hosted model takes.
const defaultJudgeTimeout = time.Minute

// judge is what the flags say, nil for none. The caller closes it.
func (f *judgeFlags) judge(slots int, currency string) (*worker.Judge, error) {
	if f.JudgeModel == "" {
		if f.JudgeBaseURL != "" || f.JudgeAPIKey != "" || f.JudgeAPIKeyFile != "" {
			return nil, usagef("Name the model with --judge-model, or leave the judge's settings away.", "the judge has an endpoint or a key, but no model")
		}
		return nil, nil
	}
	judge := &worker.Judge{Model: f.JudgeModel}
	if f.JudgePriceInput != 0 || f.JudgePriceOutput != 0 {
		judge.Price = &worker.Price{Input: f.JudgePriceInput, Output: f.JudgePriceOutput, Currency: currency}
	}
	key, err := secretOf(f.JudgeAPIKey, f.JudgeAPIKeyFile, "judge-api-key")
	if err != nil {
		return nil, err
	}
	if f.JudgeBaseURL == "" {
		if key != "" {
			return nil, usagef("Add --judge-base-url, or leave the key away.", "the judge has a key, but no endpoint of its own")
		}
		return judge, nil
	}
	judge.LLM, err = llm.New(llm.Config{
		BaseURL: f.JudgeBaseURL, APIKey: key, Model: f.JudgeModel, Timeout: f.JudgeTimeout, MaxConns: max(0, slots),
	})
	if err != nil {
		return nil, usagef("See docs/cli.md for the settings of the judge.", "judge's endpoint: %w", err)
	}
	return judge, nil
}

// closeJudge lets go of the connections of an endpoint of its own.
func closeJudge(judge *worker.Judge) {
	if judge != nil && judge.LLM != nil {
		judge.LLM.Close()
	}
}

// secretOf is a key from the flag of that name, or from the file of flag-file.
func secretOf(secret llm.Secret, file, flag string) (llm.Secret, error) {
	if file == "" {
		return secret, nil
	}
	if secret != "" {
		return "", usagef("Use one of the two.", "--%s and --%s-file are both given", flag, flag)
	}
	read, err := readSecret(file)
	if err != nil {
		return "", usagef("Give --"+flag+"-file a file that holds the key alone.", "read the key of --%s-file: %w", flag, err)
	}
	return read, nil
}
