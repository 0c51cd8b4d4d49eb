package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ttcheck/fixtures/faults"
	"ttcheck/protocol"
	"ttcheck/suites"
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
	covered := 0
	for _, r := range all {
		cases := fmt.Sprint(len(r.Cases))
		if len(r.Cases) == 0 {
			cases = "-"
		} else {
			covered++
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Level, r.Profile, cases, r.Sentence)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "\n%d requirements, %d of them with cases in this version. Those of the chapter pos are a POS's, not a gateway's.\n", len(all), covered)
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
	proofs := map[string][]string{}
	for _, f := range faults.All() {
		for _, id := range f.Breaks {
			proofs[id] = append(proofs[id], f.Name)
		}
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
	subject := "gateway"
	if r.Chapter == protocol.POS {
		subject = "POS"
	}
	cases := "none in this version"
	if len(r.Cases) > 0 {
		var lines []string
		for _, k := range r.Cases {
			line := k.Name
			if len(k.Needs) > 0 {
				line += " (needs " + strings.Join(k.Needs, ", ") + ")"
			}
			lines = append(lines, line)
		}
		cases = strings.Join(lines, "\n              ")
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s  %s, profile %s, since %s\n\nA conforming %s %s.\n\nSource:       %s (Q: the Quickstart, R: the API reference, C: seen in client code)\nIf it fails:  %s\nCases:        %s\n",
		r.ID, r.Level, r.Profile, r.Since, subject, r.Sentence, r.Source, r.Advice, cases)
	return err
}
