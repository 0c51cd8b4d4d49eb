package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ttcheck/fixtures/faults"
	"ttcheck/fixtures/pos/posfaults"
	"ttcheck/protocol"
	"ttcheck/suites"
	"ttcheck/suites/pos"
	"ttcheck/suites/spec"
)

// listed is a requirement as `list --json` prints it.
type listed struct {
	ID       string           `json:"id"`
	Chapter  protocol.Chapter `json:"chapter"`
	Level    protocol.Level   `json:"level"`
	Profile  protocol.Profile `json:"profile"`
	Since    string           `json:"since"`
	Sentence string           `json:"sentence"`
	Source   string           `json:"source"`
	Advice   string           `json:"advice"`
	Cases    []listedCase     `json:"cases"`
	Faults   []string         `json:"faults"` // that prove it, by ttcheck selftest
}

type listedCase struct {
	Name  string   `json:"name"`
	Needs []string `json:"needs"`
	// Act is that of ttcheck certify in which it is shown; empty where all of them show it,
	// and for cases of ttcheck run.
	Act pos.Act `json:"act,omitempty"`
}

func listCommand() *cobra.Command {
	var asJSON, coverage bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the requirements and their cases",
		RunE: func(cmd *cobra.Command, _ []string) error {
			all := requirements()
			if coverage && !asJSON {
				return printCoverage(cmd.OutOrStdout(), all)
			}
			if asJSON {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				encoder.SetEscapeHTML(false)
				return encoder.Encode(all)
			}
			return printList(cmd, all)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, the coverage included")
	cmd.Flags().BoolVar(&coverage, "coverage", false, "show for each requirement its cases, and the faults that prove them")
	return cmd
}

func printList(cmd *cobra.Command, all []listed) error {
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	cases := 0
	for _, r := range all {
		cases += len(r.Cases)
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", r.ID, r.Level, r.Profile, len(r.Cases), r.Sentence)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "\n%d requirements with %d cases. Those of the chapter pos are a POS's, which ttcheck certify judges; all others are a gateway's, for ttcheck run.\n", len(all), cases)
	return err
}

// requirements joins the catalogue with the cases.
func requirements() []listed {
	cases := map[string][]listedCase{}
	for _, chapter := range suites.Chapters() {
		for _, k := range chapter.Cases {
			cases[k.ID] = append(cases[k.ID], listedCase{Name: k.FullName(), Needs: needNames(k)})
		}
	}
	for _, k := range pos.Cases() {
		name := spec.Case{ID: k.ID, Name: k.Name}.FullName()
		cases[k.ID] = append(cases[k.ID], listedCase{Name: name, Needs: []string{}, Act: k.Act})
	}
	proofs := map[string][]string{}
	prove := func(fault string, breaks []string) {
		for _, id := range breaks {
			proofs[id] = append(proofs[id], fault)
		}
	}
	for _, f := range faults.All() {
		prove(f.Name, f.Breaks)
	}
	for _, f := range posfaults.All() {
		prove(f.Name, f.Breaks)
	}
	var all []listed
	for _, r := range protocol.Catalogue {
		all = append(all, listed{
			ID: r.ID, Chapter: r.Chapter, Level: r.Level, Profile: r.Profile, Since: r.Since,
			Sentence: r.Sentence, Source: r.Source, Advice: r.Advice, Cases: append([]listedCase{}, cases[r.ID]...), Faults: append([]string{}, proofs[r.ID]...),
		})
	}
	return all
}

func needNames(k spec.Case) []string {
	names := []string{}
	for _, need := range k.AllNeeds() {
		names = append(names, string(need))
	}
	return names
}

func explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "explain ID",
		Short:   "Explain a requirement",
		Example: "  ttcheck explain WS-14",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("which requirement? One ID is needed, such as: ttcheck explain WS-14")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, r := range requirements() {
				if strings.EqualFold(r.ID, args[0]) {
					return printExplanation(cmd, r)
				}
			}
			return usageError(fmt.Errorf("there is no requirement %.40q: ttcheck list names all", args[0]))
		},
	}
}

func printExplanation(cmd *cobra.Command, r listed) error {
	subject, verb := "gateway", "run"
	if r.Chapter == protocol.POS {
		subject, verb = "POS", "certify"
	}
	var lines []string
	for _, k := range r.Cases {
		lines = append(lines, k.Name+k.conditions())
	}
	cases := strings.Join(lines, "\n              ")
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s  %s, profile %s, since %s\n\nA conforming %s %s.\n\nSource:       %s (Q: the Quickstart, R: the API reference, C: seen in client code)\nIf it fails:  %s\nCases:        %s\nJudged by:    ttcheck %s\n",
		r.ID, r.Level, r.Profile, r.Since, subject, r.Sentence, r.Source, r.Advice, cases, verb)
	return err
}

// conditions are what a case needs to be judged, in brackets; empty where it needs nothing.
func (k listedCase) conditions() string {
	switch {
	case len(k.Needs) > 0:
		return " (needs " + strings.Join(k.Needs, ", ") + ")"
	case k.Act != "":
		return " (act " + string(k.Act) + ")"
	}
	return ""
}
