namespace Actors.Kafka.Generator;

internal enum MessageKind
{
    Request,
    Response,
    Record,
}
