using System.CommandLine;
using Actors.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Storage;

/// <summary><c>actors links …</c>.</summary>
internal static class LinksCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var silo = new StorageSilo(global, time);
        var command = new Command("links", "Shows the links over which copies go, and puts LINSTOR's traffic onto them.")
        {
            ListCommand.Create("Lists the links between nodes, what copies may take of each, and what they do.", "/api/v1/storage/links", CliJson.Default.LinkList, Draw, global, silo, console),
            LinkMeshCommand.Create(global, silo, console),
        };
        command.Options.Add(silo.Secret.DataDirectory);
        return command;
    }

    private static IEnumerable<IRenderable> Draw(LinkList list)
    {
        if (list.Links.Count == 0)
        {
            yield return new Text("No links are set; the option Storage:Links names them.");
            yield break;
        }

        var table = ResultWriter.CreateTable("name", "between", "profile", ">capacity", ">budget", ">granted", "copies", "state");
        foreach (var link in list.Links)
        {
            table.AddTextRow(
                link.Name,
                $"{link.First} and {link.Second}",
                link.Profile,
                Quantities.Rate(link.CapacityBytesPerSecond),
                Quantities.Rate(link.BudgetBytesPerSecond),
                Quantities.Rate(link.GrantedBytesPerSecond),
                link.Volumes.Count == 0 ? "-" : string.Join(", ", link.Volumes),
                State(link));
        }

        yield return table;
    }

    private static string State(LinkView link) => link switch
    {
        { IsUp: false } => "down",
        { UnseenNodes: { Count: > 0 } unseen } => $"unknown, nobody looks at it from {string.Join(" and ", unseen)}",
        { MaxCopies: { } most } => $"up, copies for now: {most}",
        _ => "up",
    };
}
