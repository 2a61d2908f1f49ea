using System.Collections.Concurrent;
using Actors.AgentLoad.Running;
using Actors.Cli.Output;

namespace Actors.Cli.Agents.Scale;

/// <summary>Has a silo issue the tokens with which the peers of a scale test connect.</summary>
/// <param name="silo">The silo, with its secret.</param>
/// <param name="console">Where progress is shown.</param>
/// <param name="time">The clock.</param>
internal sealed class ScaleTokens(SiloClient silo, CliConsole console, TimeProvider time)
{
    private const string Path = "/api/v1/agents/tokens";
    private const int MaxRequests = 16;

    /// <summary>A hub takes so many connections with one client's token, and some are still there when a new one is made.</summary>
    private const int ClientsPerToken = 4_000;

    private readonly ConcurrentBag<Guid> _ids = [];
    private int _issued;

    /// <summary>The ids of the tokens that were issued.</summary>
    public IReadOnlyCollection<Guid> Ids => _ids;

    /// <summary>The address at which a token is revoked.</summary>
    public static string AddressOf(Guid id) => $"{Path}/{id:D}";

    /// <summary>Issues one for each agent, and one for each few thousand clients, which reaches all agents.</summary>
    /// <param name="load">All peers.</param>
    /// <param name="validFor">How long they are good.</param>
    /// <param name="token">Interrupts it.</param>
    /// <returns>The tokens by the names of their peers.</returns>
    /// <exception cref="CliException">The silo says no, or does not answer.</exception>
    public Task<IReadOnlyDictionary<string, string>> IssueAsync(LoadOptions load, TimeSpan validFor, CancellationToken token)
    {
        var clientTokens = (load.Clients + ClientsPerToken - 1) / ClientsPerToken;
        var all = load.Agents + clientTokens;
        var validSeconds = (long)Math.Ceiling(validFor.TotalSeconds);
        return Progress.ShowAsync(console, time, "Issuing tokens", () => ((double)_issued / all, $"{_issued} of {all}"), async () =>
        {
            var texts = new string[all];
            var options = new ParallelOptions { MaxDegreeOfParallelism = MaxRequests, CancellationToken = token };
            await Parallel.ForAsync(0, all, options, async (number, stop) =>
            {
                var wish = number < load.Agents
                    ? new TokenWish("agent", AgentIds.Of(load.Seed, number), null, false, validSeconds, null)
                    : new TokenWish("client", null, null, true, validSeconds, null);
                var issued = await silo.SendAsync(HttpMethod.Post, Path, wish, CliJson.Default.TokenWish, CliJson.Default.NewToken, stop);
                texts[number] = issued.Token;
                _ids.Add(issued.Id);
                Interlocked.Increment(ref _issued);
            });
            var tokens = new Dictionary<string, string>(load.Agents + load.Clients);
            for (var agent = 0; agent < load.Agents; agent++)
                tokens[LoadOptions.AgentName(agent)] = texts[agent];
            for (var client = 0; client < load.Clients; client++)
                tokens[LoadOptions.ClientName(client)] = texts[load.Agents + (client / ClientsPerToken)];
            return (IReadOnlyDictionary<string, string>)tokens;
        });
    }
}
