using Actors.Harness;
using Actors.Silo.Stores.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>An API server, and tables of silos that use it.</summary>
public sealed class KubernetesRig : IAsyncDisposable
{
    private const int Seed = 20_261_121;

    private readonly List<KubernetesClient> _clients = [];

    private KubernetesRig(FakeApiServer server, string cluster) => (Server, Cluster) = (server, cluster);

    /// <summary>Where the token and the authorities are.</summary>
    public TemporaryDirectory Folder { get; } = new();

    /// <summary>The API server.</summary>
    public FakeApiServer Server { get; }

    /// <summary>The cluster that the tables ask for.</summary>
    public string Cluster { get; }

    /// <summary>The clock of all tables that are given none.</summary>
    public ShiftedTime Time { get; } = new();

    /// <summary>Starts the API server.</summary>
    public static async Task<KubernetesRig> StartAsync(string cluster = "orchard")
    {
        var rig = new KubernetesRig(await FakeApiServer.StartAsync(), cluster);
        await File.WriteAllTextAsync(rig.Folder.Path("token"), "first\n");
        return rig;
    }

    /// <summary>A table as one silo has it.</summary>
    public KubernetesMembershipTable Open(Func<KubernetesOptions, KubernetesOptions>? change = null, TimeProvider? time = null) =>
        new(Ask(change, time), Cluster, NullLogger<KubernetesMembershipTable>.Instance);

    /// <summary>Who asks the server for one silo.</summary>
    public KubernetesClient Ask(Func<KubernetesOptions, KubernetesOptions>? change = null, TimeProvider? time = null)
    {
        var options = new KubernetesOptions { Server = Server.Address, Namespace = "garden", TokenPath = Folder.Path("token"), FirstRetryDelay = TimeSpan.FromMilliseconds(5) };
        var client = new KubernetesClient(change?.Invoke(options) ?? options, time ?? Time, new Random(Seed));
        lock (_clients) _clients.Add(client);
        return client;
    }

    /// <summary>A table whose object is there.</summary>
    public async Task<KubernetesMembershipTable> InitializedAsync(Func<KubernetesOptions, KubernetesOptions>? change = null, TimeProvider? time = null)
    {
        var table = Open(change, time);
        await table.InitializeMembershipTable(true);
        return table;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static client => client.Dispose());
        await Server.DisposeAsync();
        Folder.Dispose();
    }
}
