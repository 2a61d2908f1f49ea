using Actors.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Actors.Silo.Tests.Hosting;

public sealed class OrderedStartTests
{
    [Fact]
    public async Task Each_service_is_made_when_those_before_it_have_started()
    {
        List<string> events = [];
        using var host = Build(events, services =>
        {
            services.AddHostedService<First>();
            services.AddHostedService(provider => new Second(provider.GetRequiredService<List<string>>()));
        });

        await host.StartAsync();
        await host.StopAsync();

        Assert.Equal(
            ["First made", "First starts", "Second made", "Second starts", "Second stops", "First stops"],
            events);
    }

    [Fact]
    public async Task What_comes_after_a_failure_is_never_made()
    {
        List<string> events = [];
        using var host = Build(events, services =>
        {
            services.AddHostedService<First>();
            services.AddHostedService<Failing>();
            services.AddHostedService(provider => new Second(provider.GetRequiredService<List<string>>()));
        });

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());
        await host.StopAsync();

        Assert.Equal(["First made", "First starts", "First stops"], events);
    }

    [Fact]
    public async Task Every_service_is_disposed_of_once()
    {
        List<string> events = [];
        var host = Build(events, services =>
        {
            services.AddHostedService<Closing>();
            services.AddSingleton<Shared>();
            services.AddHostedService(provider => provider.GetRequiredService<Shared>());
        });
        await host.StartAsync();
        await host.StopAsync();

        host.Dispose();

        Assert.Equal(["Closing disposed", "Shared disposed"], events.Order());
    }

    private static IHost Build(List<string> events, Action<IServiceCollection> add) => new HostBuilder()
        .ConfigureServices(services =>
        {
            services.AddSingleton(events);
            add(services);
            services.StartInOrder();
        })
        .Build();

    private abstract class Recorded : IHostedService
    {
        private readonly List<string> _events;

        protected Recorded(List<string> events)
        {
            _events = events;
            events.Add($"{GetType().Name} made");
        }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _events.Add($"{GetType().Name} starts");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _events.Add($"{GetType().Name} stops");
            return Task.CompletedTask;
        }
    }

    private sealed class First(List<string> events) : Recorded(events);

    private sealed class Second(List<string> events) : Recorded(events);

    private sealed class Failing : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("no");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private class Closing(List<string> events) : IHostedService, IDisposable
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => events.Add($"{GetType().Name} disposed");
    }

    private sealed class Shared(List<string> events) : Closing(events);
}
