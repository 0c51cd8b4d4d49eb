package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"syscall"

	"github.com/spf13/cobra"

	"ttcheck/fixtures/gateway"
)

func gatewayCommand() *cobra.Command {
	var (
		opts    gateway.Options
		verbose bool
	)
	cmd := &cobra.Command{
		Use:   "gateway",
		Short: "Run the reference gateway alone",
		Long: "Gateway runs the reference gateway until it is interrupted: a peer for trying an\n" +
			"integration, or for trying ttcheck itself. The control listener is for labs and CI:\n\n" +
			"  POST /press              presses the button\n" +
			"  POST /restart[?listen=]  restarts it, at another address if asked\n" +
			"  GET  /state              active orders, open sockets, number of tokens",
		Example: "  ttcheck gateway --listen 127.0.0.1:8000 --control 127.0.0.1:8001",
		RunE: func(cmd *cobra.Command, _ []string) error {
			log := io.Discard
			if verbose {
				log = cmd.ErrOrStderr()
			}
			opts.Logger = slog.New(slog.NewTextHandler(log, nil))
			return serveGateway(cmd, opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.Listen, "listen", "127.0.0.1:8000", "the `HOST:PORT` of the API; port 0 picks a free one")
	flags.StringVar(&opts.Control, "control", "", "the `HOST:PORT` of the control listener; none if not given")
	flags.Float64Var(&opts.Speedup, "speedup", 1, "how many times faster than true its clock runs")
	flags.IntVar(&opts.History, "history", seededOrders, "how many finished orders it has from the start")
	flags.Uint64Var(&opts.Seed, "seed", seed, "what those orders are")
	flags.BoolVar(&verbose, "verbose", false, "log what it does to standard error")
	return cmd
}

func serveGateway(cmd *cobra.Command, opts gateway.Options) error {
	g, err := gateway.Start(opts)
	if err != nil {
		if _, system := errors.AsType[syscall.Errno](err); system { // such as an address in use
			return setupError(err)
		}
		return usageError(err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "gateway: http://%s/api/v2\n", g.Addr())
	if control := g.ControlAddr(); control != "" {
		fmt.Fprintf(cmd.OutOrStdout(), "control: http://%s\n", control)
	}
	<-cmd.Context().Done()
	if err := g.Close(); err != nil {
		return setupError(err)
	}
	return nil
}
