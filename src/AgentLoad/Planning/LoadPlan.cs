using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Actors.AgentLoad.Planning;

/// <summary>Spreads agents and clients over processes and source addresses, as limits require.</summary>
public sealed class LoadPlan
{
    /// <summary>Files that a process needs besides its connections.</summary>
    public const int KeptFiles = 256;

    /// <summary>Connections from one address to one hub: systems have some 28,000 ports for them, and ended ones hold theirs for a minute.</summary>
    public const int ConnectionsPerSource = 20_000;

    /// <summary>More would only be in each other's way.</summary>
    public const int MaxProcesses = 32;

    private LoadPlan(IReadOnlyList<LoadShare> shares) => Shares = shares;

    /// <summary>What each process holds.</summary>
    public IReadOnlyList<LoadShare> Shares { get; }

    /// <summary>Makes the plan.</summary>
    /// <param name="wish">What is wanted.</param>
    /// <param name="mistakes">Gets a sentence for each thing that is wrong with it, with the number that it needs.</param>
    /// <returns>Null when something is wrong.</returns>
    public static LoadPlan? Make(LoadWish wish, ICollection<string> mistakes)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(mistakes);
        var before = mistakes.Count;
        long connections = (long)wish.Agents + wish.Clients;
        var perProcess = Math.Max(1, wish.OpenFiles - KeptFiles);
        var needed = (connections + perProcess - 1) / perProcess;
        var processes = wish.Processes == 0 ? needed : wish.Processes;
        if (wish.Clients > 0 && wish.TunnelsPerClient > wish.Agents)
            mistakes.Add($"{Count(wish.TunnelsPerClient)} tunnels per client need as many agents; there are {Count(wish.Agents)}.");
        if (processes > MaxProcesses || processes < needed)
            mistakes.Add(TooFewFiles(connections, Math.Min(processes, MaxProcesses), wish.OpenFiles, needed));
        else if (wish.Clients > 0 && wish.TunnelsPerClient * processes > wish.Agents && wish.TunnelsPerClient <= wish.Agents)
            mistakes.Add($"{Count(processes)} processes need {Count(wish.TunnelsPerClient * processes)} agents, for tunnels stay in one process; there are {Count(wish.Agents)}.");
        var sourcesNeeded = (int)((connections / wish.Hubs.Count + ConnectionsPerSource - 1) / ConnectionsPerSource);
        var sources = SourcesOf(wish, sourcesNeeded);
        if (sources.Count > 0 ? sources.Count < sourcesNeeded : sourcesNeeded > 1)
        {
            mistakes.Add(
                $"{Count(connections)} connections to {Count(wish.Hubs.Count)} hub(s) need {sourcesNeeded} source addresses, of {Count(ConnectionsPerSource)} connections to a hub each; "
                + $"there {(sources.Count <= 1 ? "is 1" : $"are {sources.Count}")}: name more with --source-address.");
        }

        return mistakes.Count > before ? null : new LoadPlan([.. Enumerable.Range(0, (int)processes).Select(number => ShareOf(wish, number, (int)processes, sources))]);
    }

    private static string TooFewFiles(long connections, long processes, long openFiles, long needed)
    {
        var each = ((connections + processes - 1) / processes) + KeptFiles;
        return $"{Count(connections)} connections in {Count(processes)} process{(processes == 1 ? "" : "es")} need a limit of {Count(each)} open files; it is {Count(openFiles)}: "
            + $"raise it (ulimit -n {each.ToString(CultureInfo.InvariantCulture)}){(needed <= MaxProcesses ? $", or let there be {needed} processes" : "")}.";
    }

    private static IReadOnlyList<IPAddress> SourcesOf(LoadWish wish, int needed)
    {
        if (wish.Sources.Count > 0 || needed <= 1)
            return wish.Sources;
        // All of 127.0.0.0/8 is this machine.
        return wish.Hubs.All(static hub => hub.AddressFamily == AddressFamily.InterNetwork && IPAddress.IsLoopback(hub.Address))
            ? [.. Enumerable.Range(1, Math.Min(needed, 254)).Select(static number => new IPAddress([127, 0, 0, (byte)number]))]
            : [];
    }

    private static LoadShare ShareOf(LoadWish wish, int number, int processes, IReadOnlyList<IPAddress> sources)
    {
        var (firstAgent, firstClient) = (CutOf(wish.Agents, number, processes), CutOf(wish.Clients, number, processes));
        return new LoadShare(
            firstAgent,
            CutOf(wish.Agents, number + 1, processes) - firstAgent,
            firstClient,
            CutOf(wish.Clients, number + 1, processes) - firstClient,
            // Each process begins with another one, so that all are used as much.
            [.. sources.Skip(number % Math.Max(1, sources.Count)).Concat(sources.Take(number % Math.Max(1, sources.Count)))]);
    }

    private static int CutOf(int total, int number, int processes) => (int)((long)total * number / processes);

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
