using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores;

/// <summary>The runtime's own store in memory keeps the same rules.</summary>
public sealed class MemoryGrainStorageTests : GrainStorageCompliance, IDisposable
{
    private readonly IHost _host = new HostBuilder().UseOrleans(silo => silo.AddMemoryGrainStorageAsDefault()).Build();

    public void Dispose() => _host.Dispose();

    protected override IGrainStorage NewStorage() => _host.Services.GetRequiredService<IGrainStorage>();
}
