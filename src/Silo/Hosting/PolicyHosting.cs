using Actors.Grains;
using Actors.Silo.Options;
using Actors.Silo.Policies;
using Actors.Silo.Stores.Kubernetes;
using Actors.Silo.Stores.Kubernetes.Policies;
using Actors.Storage.Policies;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Hosting;

/// <summary>Registers where policies are kept.</summary>
internal static class PolicyHosting
{
    /// <summary>Adds the place that the options name; nothing where that is the silos' own store.</summary>
    public static IServiceCollection AddPolicySource(this IServiceCollection services, BoundOptions options) =>
        options.Get<StorageOptions>().Policies != StorageOptions.KubernetesPolicies ? services : services
            .AddSingleton(provider => new KubernetesClient(
                KubernetesOptions.OfPolicies(options.Get<KubernetesSettings>(), Environment.GetEnvironmentVariable),
                provider.GetRequiredService<TimeProvider>(),
                new Random(provider.GetRequiredService<IdSource>().NextInt(int.MaxValue))))
            .AddSingleton<IPolicySource, KubernetesPolicySource>()
            .AddSingleton<PolicyCaller>()
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<PolicyCaller>());
}
