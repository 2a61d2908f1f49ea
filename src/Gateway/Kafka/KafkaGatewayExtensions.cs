using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Actors.Gateway.Kafka;

/// <summary>Puts the Kafka front end into a host.</summary>
public static class KafkaGatewayExtensions
{
    /// <summary>
    /// Registers the front end and its handlers. The host adds <see cref="KafkaGatewayOptions"/> and what the grains need: topic
    /// catalog, replica registry and opener, log store.
    /// </summary>
    public static IServiceCollection AddKafkaGateway(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<KafkaGatewayOptions>();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<ProduceServices>();
        services.AddSingleton<ServedApis>();
        services.AddSingleton(provider => new Lazy<ServedApis>(provider.GetRequiredService<ServedApis>));
        services.AddSingleton<ApiVersionsHandler>();
        services.AddSingleton<IKafkaHandler>(provider => provider.GetRequiredService<ApiVersionsHandler>());
        services.AddSingleton<IKafkaHandler, ProduceHandler>();
        services.AddSingleton(provider => new TimerWheel(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<OutageLog>();
        services.AddSingleton<FetchSessionCache>();
        services.AddSingleton<FetchServices>();
        services.AddSingleton<IKafkaHandler, FetchHandler>();
        services.AddSingleton<TopicCreation>();
        services.AddSingleton<IKafkaHandler, MetadataHandler>();
        services.AddSingleton<IKafkaHandler, CreateTopicsHandler>();
        services.AddSingleton<IKafkaHandler, DeleteTopicsHandler>();
        services.AddSingleton<IKafkaHandler, DescribeConfigsHandler>();
        services.AddSingleton<IKafkaHandler, DescribeClusterHandler>();
        services.AddSingleton<IKafkaHandler, ListOffsetsHandler>();
        services.AddSingleton<IKafkaHandler, InitProducerIdHandler>();
        services.AddSingleton<IKafkaHandler, FindCoordinatorHandler>();
        services.AddSingleton<IKafkaHandler, JoinGroupHandler>();
        services.AddSingleton<IKafkaHandler, SyncGroupHandler>();
        services.AddSingleton<IKafkaHandler, HeartbeatHandler>();
        services.AddSingleton<IKafkaHandler, LeaveGroupHandler>();
        services.AddSingleton<IKafkaHandler, OffsetCommitHandler>();
        services.AddSingleton<IKafkaHandler, OffsetFetchHandler>();
        services.AddSingleton<IKafkaHandler, ListGroupsHandler>();
        services.AddSingleton<IKafkaHandler, DescribeGroupsHandler>();
        services.AddSingleton<KafkaConnectionHandler>();
        return services;
    }

    /// <summary>Makes a Kestrel endpoint speak Kafka.</summary>
    public static ListenOptions UseKafka(this ListenOptions listen)
    {
        listen.UseConnectionHandler<KafkaConnectionHandler>();
        return listen;
    }
}
