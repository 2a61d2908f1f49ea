using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>A silo of a test cluster that runs in this process.</summary>
public class InProcessSiloHandle : SiloHandle
{
    private bool _active;
    private bool _disposed;

    internal InProcessSiloHandle(IHost host)
    {
        SiloHost = host;
        ILocalSiloDetails details = host.Services.GetRequiredService<ILocalSiloDetails>();
        Name = details.Name;
        SiloAddress = details.SiloAddress;
        GatewayAddress = details.GatewayAddress;
        _active = true;
    }

    public IHost SiloHost { get; init; }

    public IServiceProvider ServiceProvider => SiloHost.Services;

    public override bool IsActive => _active;

    public override async Task StopSiloAsync(bool stopGracefully)
    {
        using var now = new CancellationTokenSource();
        if (!stopGracefully)
        {
            await now.CancelAsync();
        }

        await StopSiloAsync(now.Token);
    }

    public override async Task StopSiloAsync(CancellationToken ct)
    {
        if (!_active)
        {
            return;
        }

        _active = false;
        try
        {
            await SiloHost.StopAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopped at once, as asked.
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await StopSiloAsync(stopGracefully: true);
        if (SiloHost is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            SiloHost.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _active = false;
            SiloHost.Dispose();
        }

        base.Dispose(disposing);
    }
}
