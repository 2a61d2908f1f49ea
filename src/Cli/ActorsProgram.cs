using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Actors.Cli.Bench;
using Actors.Cli.Status;
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

    /// <summary>It was interrupted: 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;

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
            BenchCommand.Create(global, console, time),
            StatusCommand.Create(global, console, time),
        };
        global.AddTo(root);
        var invocation = new InvocationConfiguration { Output = console.Output, Error = console.Error, EnableDefaultExceptionHandler = false };
        try
        {
            var parsed = root.Parse(arguments);
            if (parsed.Errors.Count == 0)
            {
                return await parsed.InvokeAsync(invocation, token);
            }

            var mistakes = parsed.Errors.Select(error => error.Message).Distinct();
            return Fail($"{string.Join(Environment.NewLine, mistakes)}{Environment.NewLine}'{NameOf(parsed.CommandResult)} --help' shows what it takes.");
        }
        catch (CliException mistake)
        {
            return Fail(mistake.Message);
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

    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : command.Command.Name;

    private int Fail(string sentence)
    {
        console.Error.WriteLine(sentence);
        return Failed;
    }
}
