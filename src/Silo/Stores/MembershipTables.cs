using Actors.Membership;
using Actors.Silo.Options;
using Actors.Silo.Stores.Kubernetes;
using Actors.Silo.Stores.PostgreSql;

namespace Actors.Silo.Stores;

/// <summary>Where the silos of a cluster are listed.</summary>
public static class MembershipTables
{
    /// <summary>Makes the table that the options name; nothing is asked yet.</summary>
    /// <exception cref="Lifetime.SiloStartException">Kubernetes is asked for, and this is no pod, or its files are missing.</exception>
    public static ILeasedMembershipTable Create(IServiceProvider services)
    {
        var (silo, random) = (services.GetRequiredService<SiloOptions>(), new Random(services.GetRequiredService<Grains.IdSource>().NextInt(int.MaxValue)));
        if (silo.Membership != SiloOptions.KubernetesMembership)
        {
            return new PostgreSqlMembershipTable(
                services.GetRequiredService<PostgreSqlDatabase>(), silo.ClusterName, random, services.GetRequiredService<ILogger<PostgreSqlMembershipTable>>());
        }

        var options = KubernetesOptions.Of(services.GetRequiredService<SiloConfiguration>().Kubernetes, Environment.GetEnvironmentVariable);
        return new KubernetesMembershipTable(
            new KubernetesClient(options, services.GetRequiredService<TimeProvider>(), random),
            silo.ClusterName,
            services.GetRequiredService<ILogger<KubernetesMembershipTable>>());
    }
}
