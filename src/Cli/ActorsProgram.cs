using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Actors.Cli.Agents;
using Actors.Cli.Bench;
using Actors.Cli.Nodes;
using Actors.Cli.Status;
using Actors.Cli.Storage;
using Actors.Cli.Topics;
using Actors.Kafka.Client;

namespace Actors.Cli;

/// <summary>The <c>actors</c> command: everything between its arguments and its exit code.</summary>
/// <remarks>Results go to the output, progress and mistakes to the error stream, so that a script can read the one and a person the other.</remarks>
/// <param name="console">Where it writes.</param>
/// <param name="time">The clock for deadlines and measurements.</param>
public sealed class ActorsProgram(CliConsole console, TimeProvider time)
{
    /// <summary>The command did what it was asked.</summary>
    public const int Succeeded = 0;

    /// <summary>It did not; a sentence on the error stream says why and what to do.</summary>
    public const int Failed = 1;

    /// <summary>The arguments make no command; nothing was tried.</summary>
    public const int Misused = 2;

    /// <summary>It was interrupted: 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>How long a command that was interrupted has to sum up what it did.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Runs one command.</summary>
    /// <param name="arguments">What stands behind the program's name.</param>
    /// <param name="token">Interrupts the command, as Ctrl-C does.</param>
    /// <returns>The exit code: 0 only on success.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken token)
    {
        var global = new GlobalOptions();
        var root = new Command("actors", "Looks after a cluster of silos through its public protocols: Kafka and HTTP.")
        {
            new HelpOption(),
            new VersionOption(),
            TopicsCommand.Create(global, console, time),
            AgentsCommand.Create(global, console, time),
            PoliciesCommand.Create(global, console, time),
            VolumesCommand.Create(global, console, time),
            LinksCommand.Create(global, console, time),
            PoolsCommand.Create(global, console, time),
            BenchCommand.Create(global, console, time),
            NodesCommand.Create(global, console, time),
            StatusCommand.Create(global, console, time),
        };
        global.AddTo(root);
        var invocation = new InvocationConfiguration
        {
            Output = console.Output,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = EndTimeout,
        };
        try
        {
            var parsed = root.Parse(arguments);
            if (parsed.Errors.Count == 0)
            {
                return await parsed.InvokeAsync(invocation, token);
            }

            return await ExplainAsync(root, parsed, invocation, token);
        }
        catch (CliException mistake)
        {
            return Fail(mistake.Message, mistake.ExitCode);
        }
        catch (KafkaConnectionException failure)
        {
            return Fail(Advice.For(failure));
        }
        catch (OperationCanceledException)
        {
            console.Error.WriteLine("Interrupted.");
            return Interrupted;
        }
        catch (Exception unforeseen)
        {
            return Fail($"This is a defect of the command line, please report it with this text: {unforeseen}");
        }
    }

    /// <summary>Says what is wrong with the arguments; where a command of several is missing, its help says it best.</summary>
    private async Task<int> ExplainAsync(Command root, ParseResult parsed, InvocationConfiguration invocation, CancellationToken token)
    {
        var command = parsed.CommandResult;
        var choices = command.Command.Subcommands.Select(choice => choice.Name).ToList();
        if (choices.Count > 0 && parsed.UnmatchedTokens.Count == 0 && parsed.Errors.Count == 1)
        {
            invocation.Output = console.Error;
            await root.Parse([.. PathOf(command).Skip(1), "--help"]).InvokeAsync(invocation, token);
            return Misused;
        }

        var mistakes = choices.Count > 0 && parsed.UnmatchedTokens is [var unknown, ..]
            ? [$"'{unknown}' is no command of '{string.Join(' ', PathOf(command))}'; there are {string.Join(", ", choices)}."]
            : parsed.Errors.Select(error => error.Message).Distinct();
        console.Error.WriteLine(string.Join(Environment.NewLine, mistakes));
        console.Error.WriteLine($"'{string.Join(' ', PathOf(command))} --help' shows what it takes.");
        return Misused;
    }

    private static IEnumerable<string> PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? [.. PathOf(parent), command.Command.Name] : [command.Command.Name];

    private int Fail(string sentence, int exitCode = Failed)
    {
        console.Error.WriteLine(sentence);
        return exitCode;
    }
}
