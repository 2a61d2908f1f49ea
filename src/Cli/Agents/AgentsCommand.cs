using System.CommandLine;
using Actors.Cli.Agents.Scale;

namespace Actors.Cli.Agents;

/// <summary><c>actors agents …</c>.</summary>
internal static class AgentsCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time) =>
        new("agents", "Looks after the hub of agents.")
        {
            TokenCommand.Create(global, console, time),
            ForgetCommand.Create(global, console, time),
            ExplainCommand.Create(global, console, time),
            ScaleTestCommand.Create(global, console, time),
            ScaleTestCommand.CreateWorker(time),
        };
}
