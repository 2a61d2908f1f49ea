namespace Actors.Silo.Hosting;

/// <summary>
/// Makes hosted services start strictly one after another. The host constructs all of them before it starts the first;
/// here each is constructed, with everything that it needs, only when those before it have started.
/// </summary>
public static class OrderedStart
{
    /// <summary>Wraps every hosted service that is registered so far.</summary>
    public static void StartInOrder(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        for (var index = 0; index < services.Count; index++)
        {
            var descriptor = services[index];
            if (descriptor.ServiceType != typeof(IHostedService) || descriptor.IsKeyedService) continue;
            services[index] = ServiceDescriptor.Singleton<IHostedService>(provider => new LateService(provider, descriptor));
        }
    }

    private sealed class LateService(IServiceProvider provider, ServiceDescriptor descriptor) : IHostedService, IAsyncDisposable
    {
        private IHostedService? _service;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _service = Make();
            return _service.StartAsync(cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => _service?.StopAsync(cancellationToken) ?? Task.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            // The container disposes of what it made itself.
            if (descriptor.ImplementationType is null) return;
            if (_service is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
            else (_service as IDisposable)?.Dispose();
        }

        private IHostedService Make() => (IHostedService)(
            descriptor.ImplementationInstance
            ?? descriptor.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, descriptor.ImplementationType!));
    }
}
