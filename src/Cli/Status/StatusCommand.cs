using System.CommandLine;
using System.Globalization;
using Actors.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Status;

/// <summary><c>actors status</c>.</summary>
internal static class StatusCommand
{
    /// <summary>The command.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var command = new Command("status", "Shows the silos of the cluster and whether they serve.");
        command.SetAction(async (arguments, token) =>
        {
            var status = await StatusQuery.AskAsync(arguments.GetRequiredValue(global.Bootstrap), global.ReadHttp(arguments), time, token);
            ResultWriter.Write(console, global.ReadFormat(arguments), status, CliJson.Default.ClusterStatus, Draw);
            foreach (var warning in status.Warnings)
            {
                console.Error.WriteLine(warning);
            }

            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static IEnumerable<IRenderable> Draw(ClusterStatus status)
    {
        var table = ResultWriter.CreateTable(">node", "name", "status", "kafka", "http", ">up", "remarks");
        foreach (var silo in status.Silos)
        {
            string[] remarks = silo.IsController ? ["controller", .. silo.Reasons] : [.. silo.Reasons];
            table.AddTextRow(
                silo.NodeId.ToString(CultureInfo.InvariantCulture),
                silo.Name,
                silo.Status,
                silo.Kafka ?? "",
                silo.Http ?? "",
                silo.UptimeSeconds is { } seconds ? Durations.Describe(TimeSpan.FromSeconds(seconds)) : "",
                string.Join("; ", remarks));
        }

        yield return table;
        if (status.Topics is not null)
        {
            yield return new Text(
                $"Cluster {status.ClusterId}: {Words.Count(status.Topics.Value, "topic")}, {Words.Count(status.Partitions ?? 0, "partition")}, "
                + $"{status.LeaderlessPartitions} without leader, {status.UnderReplicatedPartitions} under-replicated.");
        }
    }
}
