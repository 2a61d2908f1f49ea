namespace Actors.Bench.Agents;

/// <summary>Several bare relays, each a process of its own that knows nothing of the others.</summary>
internal sealed class Relays : IAsyncDisposable
{
    private readonly List<IAgentsServer> _servers = [];

    private Relays()
    {
    }

    /// <summary>Where they listen on 127.0.0.1.</summary>
    public IReadOnlyList<int> Ports => [.. _servers.Select(static server => server.Port)];

    /// <summary>Starts them, and waits until they serve.</summary>
    public static async Task<Relays> StartAsync(int count)
    {
        var relays = new Relays();
        try
        {
            for (var number = 0; number < count; number++) relays._servers.Add(await FloorUnderTest.StartAsync(isSignalR: false));
            return relays;
        }
        catch
        {
            await relays.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }
}
