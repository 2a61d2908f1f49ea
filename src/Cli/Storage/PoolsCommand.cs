using System.CommandLine;
using Actors.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Storage;

/// <summary><c>actors pools …</c>.</summary>
internal static class PoolsCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var silo = new StorageSilo(global, time);
        var command = new Command("pools", "Shows the pools in which volumes lie, and makes them.")
        {
            ListCommand.Create("Lists the pools.", "/api/v1/storage/pools", CliJson.Default.PoolList, Draw, global, silo, console),
            PoolMaking.Create(global, silo, console),
        };
        command.Options.Add(silo.Secret.DataDirectory);
        return command;
    }

    private static IEnumerable<IRenderable> Draw(PoolList list)
    {
        if (list.Pools.Count == 0)
        {
            yield return new Text($"The back end {list.BackEnd} has no pools.");
            yield break;
        }

        var table = ResultWriter.CreateTable("name", "node", ">capacity", ">free", ">replicas", ">applications", "labels", "state");
        foreach (var pool in list.Pools)
        {
            table.AddTextRow(
                pool.Name, pool.Node, Quantities.Bytes(pool.CapacityBytes), Quantities.Bytes(pool.FreeBytes), $"{pool.Replicas}",
                pool.ApplicationBytesPerSecond is { } load ? Quantities.Rate(load) : "unknown", string.Join(", ", pool.Labels), pool.IsUsable ? "usable" : "not usable");
        }

        yield return table;
    }
}
