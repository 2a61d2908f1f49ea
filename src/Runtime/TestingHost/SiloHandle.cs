using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>A silo of a test cluster.</summary>
public abstract class SiloHandle : IDisposable, IAsyncDisposable
{
    private protected SiloHandle()
    {
    }

    public TestClusterOptions? ClusterOptions { get; set; }

    public string Name { get; set; } = "";

    /// <summary>From 0.</summary>
    public short InstanceNumber { get; set; }

    public SiloAddress SiloAddress { get; set; } = SiloAddress.Zero;

    public SiloAddress GatewayAddress { get; set; } = SiloAddress.Zero;

    /// <summary>True while the silo runs.</summary>
    public abstract bool IsActive { get; }

    /// <summary>Stops the silo: gracefully, or at once, without telling its grains.</summary>
    public abstract Task StopSiloAsync(bool stopGracefully);

    public abstract Task StopSiloAsync(CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    public override string ToString() => $"{Name} {SiloAddress}";

    protected virtual void Dispose(bool disposing)
    {
    }
}
