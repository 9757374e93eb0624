//go:build ignore

// Queue one article for mujaz with nats.go alone.
//
//	go run plain.go article.txt
//
// NATS_URL names the server. The article must be at most 512 KiB.
package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	if len(os.Args) != 2 {
		return errors.New("usage: plain ARTICLE")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	nc, err := nats.Connect(cmp.Or(os.Getenv("NATS_URL"), nats.DefaultURL), nats.Name("plain.go"))
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}

	id := "newsdesk-2026-0418"
	sum := sha256.Sum256([]byte(id))
	msg := nats.NewMsg(fmt.Sprintf("mujaz.jobs.live.newsdesk.%x", sum[:16]))
	msg.Header.Set("Nats-Msg-Id", id)
	msg.Header.Set("Mujaz-Schema", "1")
	msg.Data, err = json.Marshal(map[string]any{
		"id":      id,
		"article": map[string]string{"text": string(text)},
	})
	if err != nil {
		return err
	}
	// After a timeout the outcome is unknown: publish the same message again.
	ack, err := js.PublishMsg(ctx, msg)
	if err != nil {
		return err
	}
	fmt.Println("queued", msg.Subject, "sequence", ack.Sequence, "duplicate", ack.Duplicate)
	return nil
}
