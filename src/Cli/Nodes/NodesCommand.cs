using System.CommandLine;
using System.Globalization;
using Actors.Cli.Agents;
using Actors.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Nodes;

/// <summary><c>actors nodes …</c>: the nodes that have ever started, and the way for one to come back without its records.</summary>
internal static class NodesCommand
{
    private const string Path = "/api/v1/nodes";

    /// <summary>The command with its subcommands.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time) =>
        new("nodes", "Shows the nodes and their storage, and lets one come back whose storage is lost.")
        {
            CreateList(global, console, time),
            CreateAcceptStorage(global, console, time),
        };

    private static Command CreateList(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var command = new Command("list", "Lists the nodes that have ever started, and the storage that each has to come with.");
        command.SetAction(async (arguments, token) =>
        {
            using var silo = new SiloClient(global.ReadHttp(arguments), null, time);
            var nodes = await silo.SendAsync(HttpMethod.Get, Path, CliJson.Default.NodeList, token);
            ResultWriter.Write(console, global.ReadFormat(arguments), nodes, CliJson.Default.NodeList, Draw);
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreateAcceptStorage(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var secret = new SecretOption();
        var node = new Argument<int>("node") { Description = "Number of the node that refuses to start." };
        var storage = new Argument<Guid>("storage")
        {
            Description = "Id of the storage that the node finds, as it says when it refuses to start.",
            CustomParser = result =>
            {
                if (Guid.TryParseExact(result.Tokens[^1].Value, "D", out var id) && id != Guid.Empty)
                    return id;
                result.AddError($"'{result.Tokens[^1].Value}' is no id of a storage; the node says it when it refuses to start, of the form 8-4-4-4-12.");
                return default;
            },
        };
        var command = new Command(
            "accept-storage",
            "Gives up the storage that a node had, with all records that were only there, and lets the node start with the one that it finds. It is run on the machine of a silo that runs, as its user.")
        {
            node,
            storage,
        };
        command.Options.Add(secret.DataDirectory);
        command.SetAction(async (arguments, token) =>
        {
            using var silo = new SiloClient(global.ReadHttp(arguments), secret.Read(arguments), time);
            var path = string.Create(CultureInfo.InvariantCulture, $"{Path}/{arguments.GetValue(node)}/storage/{arguments.GetValue(storage):D}");
            var accepted = await silo.SendAsync(HttpMethod.Put, path, CliJson.Default.AcceptedStorage, token);
            ResultWriter.Write(console, global.ReadFormat(arguments), accepted, CliJson.Default.AcceptedStorage, Draw);
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static IEnumerable<IRenderable> Draw(NodeList list)
    {
        var table = ResultWriter.CreateTable(">node", "state", ">starts", "storage");
        foreach (var node in list.Nodes)
        {
            table.AddTextRow(
                node.NodeId.ToString(CultureInfo.InvariantCulture),
                node.IsLive ? "runs" : "away",
                node.Starts.ToString(CultureInfo.InvariantCulture),
                node.StorageId.ToString("D"));
        }

        yield return table;
    }

    private static IEnumerable<IRenderable> Draw(AcceptedStorage accepted)
    {
        yield return new Text($"Node {accepted.NodeId} may start with the storage {accepted.Accepted:D}; start it again.");
        if (accepted.Emptied.Count == 0)
            yield break;
        yield return new Text("What was only on its former storage begins at offset 0 again:");
        var table = ResultWriter.CreateTable("topic", "partitions");
        foreach (var topic in accepted.Emptied)
            table.AddTextRow(topic.Topic, string.Join(", ", topic.Partitions));
        yield return table;
    }
}
