//go:build ignore

// Queue one article for mujaz with package queue, and print its summary.
//
//	go run producer.go article.txt
//
// NATS_URL names the server.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/mujaz/mujaz/queue"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	if len(os.Args) != 2 {
		return errors.New("usage: producer ARTICLE")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	conn, err := queue.Connect(ctx, queue.ConnConfig{URL: os.Getenv("NATS_URL"), Name: "producer.go"})
	if err != nil {
		return err
	}
	defer conn.Close()

	// Submit validates, puts a large body into the object store, and tries
	// again under the same id where the server leaves the outcome unknown.
	since := time.Now()
	submitted, err := queue.NewProducer(conn).Submit(ctx, queue.Job{
		ID:      "newsdesk-2026-0417",
		Article: queue.Article{Title: "مكتبة عامة جديدة", Text: string(text)},
	}, queue.Route{Source: "newsdesk"})
	if err != nil {
		return err
	}
	fmt.Println("queued", submitted.Subject)

	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	outcome, err := conn.WaitOutcome(ctx, submitted, since)
	switch {
	case err != nil:
		return err
	case outcome.Dead != nil:
		return fmt.Errorf("dead letter: %s: %s", outcome.Dead.Cause, outcome.Dead.LastError)
	}
	fmt.Println(outcome.Result.Result.Status, outcome.Result.Result.Summary)
	return nil
}
