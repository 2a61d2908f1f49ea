using System.CommandLine;
using System.Text.Json;
using Actors.AgentLoad.Running;
using Actors.AgentLoad.Workers;
using Actors.Cli.Output;

namespace Actors.Cli.Agents.Scale;

/// <summary><c>actors agents scaletest</c>: thousands of agents and clients, and the judge of what their hub tells them.</summary>
internal static class ScaleTestCommand
{
    private const string WorkerName = "scaletest-worker";

    /// <summary>The command.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var options = new ScaleOptions();
        var secret = new SecretOption();
        var command = new Command("scaletest", "Connects agents and clients to a hub, sends updates, and fails when one is lost, comes twice, late or to the wrong peer.");
        options.AddTo(command);
        command.Options.Add(secret.DataDirectory);
        command.SetAction(async (arguments, token) =>
        {
            var wish = await options.ReadAsync(arguments, global, token);
            IReadOnlyCollection<Guid> tokens = [];
            Func<CancellationToken, Task<IReadOnlyDictionary<string, string>>>? issue = options.IsToIssueTokens(arguments) ? IssueAsync : null;
            Func<TimeSpan, Task<string?>>? cleanUp = options.IsToKeepAgents(arguments) ? null : CleanUpAsync;
            var report = await new ScaleTest(wish, issue, cleanUp, load => Start(load, wish.Plan.Shares.Count, time), console, time).RunAsync(token);
            ScaleViews.Write(console, global.ReadFormat(arguments), report);
            if (options.ReadJson(arguments) is { } file)
                await WriteAsync(file, report);
            return report.Passed ? ActorsProgram.Succeeded : token.IsCancellationRequested ? ActorsProgram.Interrupted : ActorsProgram.Failed;

            async Task<IReadOnlyDictionary<string, string>> IssueAsync(CancellationToken stop)
            {
                using var silo = new SiloClient(wish.Hubs, secret.Read(arguments), time);
                var issuing = new ScaleTokens(silo, console, time);
                tokens = issuing.Ids;
                return await issuing.IssueAsync(wish.Load, wish.TokensValidFor, stop);
            }

            async Task<string?> CleanUpAsync(TimeSpan patience)
            {
                try
                {
                    using var silo = new SiloClient(wish.Hubs, secret.Read(arguments), time);
                    return await new ScaleCleanup(silo, console, time).RunAsync(wish.Load, tokens, patience);
                }
                catch (CliException unreadable)
                {
                    return $"The agents of this test stay on the hub's lists (--keep-agents says that they are to): {unreadable.Message}";
                }
            }
        });
        return command;
    }

    /// <summary>What the command starts where one process does not do; not for people.</summary>
    public static Command CreateWorker(TimeProvider time)
    {
        var command = new Command(WorkerName, "Holds a part of a scale test.") { Hidden = true };
        command.SetAction((_, _) => WorkerProgram.RunAsync(Console.In, Console.Out, time));
        return command;
    }

    private static ILoadWorker Start(LoadOptions load, int shares, TimeProvider time)
    {
        if (shares == 1)
            return new LocalWorker(LoadRun.Start(load, time));
        var host = Environment.ProcessPath ?? "dotnet";
        string[] program = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [host, typeof(ActorsProgram).Assembly.Location] : [host];
        return ProcessWorker.Start([.. program, "agents", WorkerName], load, time);
    }

    private static async Task WriteAsync(FileInfo file, ScaleReport report)
    {
        try
        {
            await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(report, CliJson.Default.ScaleReport) + "\n");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The report could not be written to {file.FullName} ({failure.Message.TrimEnd('.')}): check --json.");
        }
    }
}
