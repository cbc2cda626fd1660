import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leavesOf, maskBody } from './mask-body.ts';
import { maskedPaths, unmaskBody } from './unmask-body.ts';

const BODY = {
  specversion: '1.0', id: 'e-1', source: '/halls/410204', type: 'case.received', subject: 'KF-1',
  data: {
    operator: { id: 'u-7', name: '测试窗口甲', orgName: '鼓楼区政务服务大厅' }, itemCode: '725849853QT50024002', receivedAt: '2026-11-20T12:00:00+08:00',
    applicant: { type: '1', name: '测试甲', certType: '111', certNo: '410204199001010002', mobile: '13800000001' },
    payee: { bankCode: '102', accountNo: '6200000000000000001' }, amount: '1234.50', paper: { sheetCount: 3 },
    materials: [{ materialCode: 'm1', name: '身份证', required: true, attachments: [{ fileId: 'f1', name: '测试甲身份证.jpg', size: 10 }] }],
  },
};

describe('a masked body', () => {
  it('shows what the message is about and nothing of whom', () => {
    expect(maskBody(BODY).body).toEqual({
      ...BODY,
      data: {
        ...BODY.data,
        operator: { ...BODY.data.operator, name: '测**' },
        applicant: { type: '1', name: '测**', certType: '111', certNo: '***0002', mobile: '***0001' },
        payee: { bankCode: '***', accountNo: '***0001' }, amount: '***',
        materials: [{ materialCode: 'm1', name: '身份证', required: true, attachments: [{ fileId: 'f1', name: '测**', size: 10 }] }],
      },
    });
  });

  it('says which fields are masked, by path and class', () => {
    expect(maskBody(BODY).masked).toEqual(expect.arrayContaining([
      { path: 'data.applicant.certNo', class: 'certificate' }, { path: 'data.materials[0].attachments[0].name', class: 'name' }, { path: 'data.amount', class: 'other' },
    ]));
  });

  it('masks a field that nobody thought of', () => {
    expect(maskBody({ data: { homeAddress: '某路 1 号', nested: { anything: 7, flag: true } } }).body).toEqual({ data: { homeAddress: '***', nested: { anything: '***', flag: '***' } } });
  });

  it('masks a personal number where a harmless value belongs', () => {
    expect(maskBody({ data: { batchNo: '410204199001010002', itemName: '退给 13800000001' } }).body).toEqual({ data: { batchNo: '***', itemName: '***' } });
  });

  it('takes a name for harmless only where it is one: an id or type at the top is not an id or type further in', () => {
    expect(maskBody({ id: 'e-1', data: { spouse: { id: 'x-1', type: 'y' } } }).body).toEqual({ id: 'e-1', data: { spouse: { id: '***', type: '***' } } });
  });

  it('shows what the bridge says of itself, and takes the same names for nothing in what others send', () => {
    const receipt = { transferId: 'tr_1', destination: 'centre', outcome: 'permanent', httpStatus: 422, errorDetail: '测试甲不符' };
    expect(maskBody(receipt).body).toEqual({ ...receipt, errorDetail: '***' });
    expect(maskBody({ data: { destination: '某路 1 号', status: 'x', birthDate: '1990-01-01' } }).body).toEqual({ data: { destination: '***', status: '***', birthDate: '***' } });
  });

  it('masks a number of a person that was written as a name', () => {
    expect(JSON.stringify(maskBody({ data: { '410204199001010002': 1 } }))).not.toContain('199001010');
  });

  it('never lets a text through under a name that is not listed, however deep', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^z[a-z]{1,5}$/), { minLength: 1, maxLength: 20 }), fc.stringMatching(/^[甲乙丙丁]{6,12}$/), (names, secret) => {
      const body = names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), secret);
      expect(JSON.stringify(maskBody(body).body)).not.toContain(secret);
    }));
  });
});

describe('the values of a body', () => {
  it('are found by the paths that a masked body names', () => {
    const leaves = leavesOf(BODY);
    expect(maskBody(BODY).masked.filter(({ path }) => !leaves.has(path))).toEqual([]);
    expect(leaves.get('data.materials[0].attachments[0].name')).toBe('测试甲身份证.jpg');
  });
});

describe('a body that was shown masked and is sent back', () => {
  it('has what was masked as it was, whatever kind of value that is', () => {
    const body = { ...BODY, data: { ...BODY.data, flag: true, share: 7, nothing: null, empty: '' } };
    expect(unmaskBody(maskBody(body).body, body)).toEqual(body);
  });

  it('has what was changed as it was sent; what was masked elsewhere stays masked, and is named', () => {
    const sent = unmaskBody({ data: { applicant: { name: '测试乙', certNo: '测**' } } }, BODY);
    expect(sent).toEqual({ data: { applicant: { name: '测试乙', certNo: '测**' } } });
    expect(maskedPaths(sent)).toEqual(['data.applicant.certNo']);
  });
});
