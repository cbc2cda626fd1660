import { InstantBody } from '../instant-field.ts';
import { ReasonedBody } from '../reasoned.body.ts';

/** Body of `POST /api/alerts/{alertId}/mute`. */
export class MuteBody extends ReasonedBody {
  @InstantBody('静音到此时自动结束（带时区，最长 7 天）', { required: true })
  until!: string;
}
