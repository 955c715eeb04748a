import com.google.protobuf.*;
import com.google.protobuf.DescriptorProtos.*;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.*;
import org.apache.avro.Schema;
import org.apache.avro.generic.*;
import org.apache.avro.io.*;

/** Bytes of the same values as test/runtime/registry/java-bodies.test.ts has, by Apache Avro's and Google's own libraries. */
public class Bodies {
  static void print(String name, byte[] b) { System.out.println(name + " " + HexFormat.of().formatHex(b)); }

  static byte[] avro(Schema s, Object v) throws Exception {
    ByteArrayOutputStream o = new ByteArrayOutputStream();
    BinaryEncoder e = EncoderFactory.get().directBinaryEncoder(o, null);
    new GenericDatumWriter<>(s).write(v, e); e.flush();
    return o.toByteArray();
  }

  public static void main(String[] a) throws Exception {
    Schema order = new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":["
      + "{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"customer\",\"type\":\"string\"},{\"name\":\"amount\",\"type\":\"double\"},"
      + "{\"name\":\"note\",\"type\":[\"null\",\"string\"],\"default\":null},"
      + "{\"name\":\"state\",\"type\":{\"type\":\"enum\",\"name\":\"State\",\"symbols\":[\"OPEN\",\"PAID\"]}},"
      + "{\"name\":\"tags\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},"
      + "{\"name\":\"extra\",\"type\":{\"type\":\"map\",\"values\":\"int\"}},"
      + "{\"name\":\"raw\",\"type\":\"bytes\"}]}");
    GenericRecord r = new GenericData.Record(order);
    r.put("id", 9007199254740990L); r.put("customer", "Änn 🚀"); r.put("amount", -12.5); r.put("note", "soon");
    r.put("state", new GenericData.EnumSymbol(order.getField("state").schema(), "PAID"));
    r.put("tags", List.of("a", "b")); r.put("extra", Map.of("x", -1)); r.put("raw", ByteBuffer.wrap(new byte[] {0, (byte) 255}));
    print("avro-order", avro(order, r));
    r.put("note", null); r.put("id", -64L); r.put("tags", List.of()); r.put("extra", Map.of());
    print("avro-order-empty", avro(order, r));
    print("avro-longs", avro(new Schema.Parser().parse("{\"type\":\"array\",\"items\":\"long\"}"), List.of(Long.MIN_VALUE, Long.MAX_VALUE, -1L)));
    print("avro-string", avro(Schema.create(Schema.Type.STRING), "Änn 🚀"));

    DescriptorProto inner = DescriptorProto.newBuilder().setName("Line")
      .addField(FieldDescriptorProto.newBuilder().setName("item_name").setNumber(1).setType(FieldDescriptorProto.Type.TYPE_STRING).setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL))
      .addField(FieldDescriptorProto.newBuilder().setName("count").setNumber(2).setType(FieldDescriptorProto.Type.TYPE_SINT32).setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)).build();
    DescriptorProto outer = DescriptorProto.newBuilder().setName("Order").addNestedType(inner)
      .addField(FieldDescriptorProto.newBuilder().setName("id").setNumber(1).setType(FieldDescriptorProto.Type.TYPE_INT64).setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL))
      .addField(FieldDescriptorProto.newBuilder().setName("customer").setNumber(2).setType(FieldDescriptorProto.Type.TYPE_STRING).setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL))
      .addField(FieldDescriptorProto.newBuilder().setName("lines").setNumber(3).setType(FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName(".shop.Order.Line").setLabel(FieldDescriptorProto.Label.LABEL_REPEATED))
      .addField(FieldDescriptorProto.newBuilder().setName("scores").setNumber(4).setType(FieldDescriptorProto.Type.TYPE_INT32).setLabel(FieldDescriptorProto.Label.LABEL_REPEATED)).build();
    FileDescriptorProto file = FileDescriptorProto.newBuilder().setName("order.proto").setPackage("shop").setSyntax("proto3").addMessageType(outer).build();
    Descriptors.FileDescriptor fd = Descriptors.FileDescriptor.buildFrom(file, new Descriptors.FileDescriptor[0]);
    Descriptors.Descriptor o = fd.findMessageTypeByName("Order"), l = o.findNestedTypeByName("Line");
    DynamicMessage line = DynamicMessage.newBuilder(l).setField(l.findFieldByName("item_name"), "tea").setField(l.findFieldByName("count"), -3).build();
    DynamicMessage message = DynamicMessage.newBuilder(o).setField(o.findFieldByName("id"), Long.MAX_VALUE).setField(o.findFieldByName("customer"), "Änn 🚀")
      .addRepeatedField(o.findFieldByName("lines"), line).addRepeatedField(o.findFieldByName("scores"), 1).addRepeatedField(o.findFieldByName("scores"), 300).build();
    print("protobuf-order", message.toByteArray());
    print("protobuf-line", line.toByteArray());
  }
}
