package main

import (
	"strings"

	"github.com/spf13/pflag"

	"ttcheck/client"
	"ttcheck/load/plan"
)

// reproduced are the flags that make a load what it is, in the order in which they are
// shown. A token is left to be given by file or environment, and when the load begins is left
// out, unless shards must agree on it.
var reproduced = []string{
	"target", "token-file", "press", "interface", "allow",
	"plan", "sockets", "ramp", "duration", "rate", "stage", "mix", "history-rate", "auth", "churn", "arrivals", "seed", "order-names",
	"source", "threshold", "find-limit", "step", "max", "shard",
}

// reproduceLoad is the command line that repeats a load.
func reproduceLoad(flags *pflag.FlagSet) string {
	words := []string{"ttcheck load"}
	for _, name := range reproduced {
		flag := flags.Lookup(name)
		if !flag.Changed {
			continue
		}
		values := []string{flag.Value.String()}
		if list, ok := flag.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, value := range values {
			if name == "press" {
				value = withoutSecrets(value)
			}
			words = append(words, "--"+name+" "+shellQuote(value))
		}
	}
	shard, err := plan.ParseShard(flags.Lookup("shard").Value.String())
	if flags.Changed("start-at") && err == nil && shard.Count > 1 { // alone it is as good at any time
		words = append(words, "--start-at …")
	}
	return strings.Join(words, " ")
}

// withoutSecrets leaves out of a press mode what may be a password: a command, or parts of
// a URL.
func withoutSecrets(mode string) string {
	kind, _, _ := strings.Cut(mode, ":")
	switch kind {
	case "none", "prompt":
		return kind
	case "exec":
		return "exec:…"
	case "http":
		if presser, err := client.ParsePresser(mode, nil); err == nil {
			return presser.String()
		}
	}
	return "…"
}
