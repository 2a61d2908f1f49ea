using System.CommandLine;
using Actors.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Agents;

/// <summary><c>actors agents explain</c>: why a peer was or was not told something. It is run on a silo's machine.</summary>
internal static class ExplainCommand
{
    /// <summary>The command.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var secret = new SecretOption();
        var id = new Argument<Guid>("id")
        {
            Description = "An agent or a client.",
            CustomParser = result =>
            {
                if (Guid.TryParseExact(result.Tokens[0].Value, "D", out var parsed))
                    return parsed;
                result.AddError($"'{result.Tokens[0].Value}' is no id; one looks like 00112233-4455-4677-8899-aabbccddeeff.");
                return Guid.Empty;
            },
        };
        var command = new Command("explain", "Shows where an agent or a client is connected, its tunnels, and what its neighbours were told. It is run on the machine of a silo.") { id };
        command.Options.Add(secret.DataDirectory);
        command.SetAction(async (arguments, token) =>
        {
            using var silo = new SiloClient(global.ReadHttp(arguments), secret.Read(arguments), time);
            var known = await silo.SendAsync(HttpMethod.Get, $"/api/v1/agents/{arguments.GetRequiredValue(id):D}/explain", CliJson.Default.PeerExplanation, token);
            ResultWriter.Write(console, global.ReadFormat(arguments), known, CliJson.Default.PeerExplanation, Draw);
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static IEnumerable<IRenderable> Draw(PeerExplanation known)
    {
        var said = known.Announcement;
        yield return new Text(said.Kind == "absent"
            ? $"{known.Id:D}: nothing is known of it; it was not connected for a day, or never."
            : $"{known.Id:D}: {said.Kind}, {said.Where}, version {said.Version}, node record of {known.NodeBytes} bytes");
        if (!known.AreRowsRead)
            yield return new Text("The store has not said what it knows of it: there may be more tunnels.");
        if (!known.IsStored)
            yield return new Text("The store does not have all of it yet.");
        if (said.Kind is "connected" or "node" && !known.IsAttached)
            yield return new Text("Its connection has not attached itself to its grain, which is new; it does within a minute.");
        if (known.Neighbours.Count == 0)
        {
            yield return new Text("It has no tunnels.");
            yield break;
        }

        var table = ResultWriter.CreateTable("neighbour", "tunnel to", "tunnel from", "says", "version", "where", "was told", "state");
        foreach (var neighbour in known.Neighbours)
        {
            table.AddTextRow(
                neighbour.Id.ToString("D"),
                TunnelTo(neighbour),
                neighbour.TunnelFrom ?? "-",
                neighbour.Announcement.Kind,
                neighbour.Announcement.Version,
                neighbour.Announcement.Where,
                neighbour.Told.Epoch is null ? "-" : $"{neighbour.Told.Kind} {neighbour.Told.Version}",
                neighbour.Failures > 0 ? $"not reached {neighbour.Failures} times" : neighbour.IsWaiting ? "is being told" : "has all");
        }

        yield return table;
    }

    private static string TunnelTo(NeighbourExplanation neighbour) =>
        neighbour.TunnelTo is null ? "-" : neighbour.KnowsTunnel ? neighbour.TunnelTo : $"{neighbour.TunnelTo}, not told";
}
